import t from 'tap';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { rawServer, saying } from '../../support/raw-server.ts';

const PAGE = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nTest Page';
const TEST_PAGE = pattern('Test Page');

/** The login that came with a request, latin1. */
function loginOf(request = ''): string | undefined {
  const [, word] = /^Authorization: Basic (\S+)\r$/m.exec(request) ?? [];
  return word && Buffer.from(word, 'base64').toString('latin1');
}

t.test('user and password in the URL are sent as Basic', async (t) => {
  const server = await rawServer(t, saying(PAGE));
  for (const [written, login] of [
    ['scott:tiger@', 'scott:tiger'],
    ['scott@', 'scott:'],
    [':tiger@', ':tiger'],
    ['@', undefined],
    ['', undefined],
    ['s%40c:t%3Ai%2Fg%25@', 's@c:t:i/g%'],
    ['scott:t:g@', 'scott:t:g'],
    ['sc ott:t g@', 'sc ott:t g'],
    ['scott:t@g@', 'scott:t@g'],
    ['scott:%FC@', 'scott:\xfc'],
    ['scott:ü@', 'scott:\xc3\xbc'],
    ['scott:t%g+%0d%0aX: y@', 'scott:t%g+\r\nX: y'],
    ['scott:t^g`{}|\\"@', 'scott:t^g`{}|\\"'],
  ] as const) {
    const request = `/http://${written}127.0.0.1:${server.port}/a\\b`;
    t.equal((await checkOnce(checkTarget({ request }))).up, true, written);
    t.equal(loginOf(server.received.at(-1)), login, written);
    t.match(server.received.at(-1), 'GET /a%5Cb HTTP/1.1\r\nHost: 127.0.0.1\r\n');
  }
});

t.test('a URL that cannot be asked for asks nobody, and is not told', async (t) => {
  const server = await rawServer(t, saying(PAGE));
  for (const [written, expected] of [
    ['us%3Aer:tiger', 'expected one without a colon'],
    ['scott:tig/er', 'expected a whole URL, as in "http://www.example.com/"'],
  ] as const) {
    const request = `/http://${written}@127.0.0.1:${server.port}/`;
    const { up, message } = await checkOnce(checkTarget({ request }));
    t.equal(up, false);
    t.match(message, expected);
    t.notMatch(message, /tig|er:/);
  }
  t.equal(server.accepted, 0);
});

t.test('a redirect gets the user and password of its own URL', async (t) => {
  const other = await rawServer(t, saying(PAGE));
  for (const [location, login] of [
    ['/next', 'scott:tiger'],
    [`http://127.0.0.1:${other.port}/`, undefined],
    [`//127.0.0.1:${other.port}/`, undefined],
    [`http://jones:lion@127.0.0.1:${other.port}/`, 'jones:lion'],
  ] as const) {
    const server = await rawServer(t, (socket, index) =>
      saying(
        index === 0 ? `HTTP/1.1 302 Found\r\nLocation: ${location}\r\n\r\n` : PAGE,
      )(socket),
    );
    const request = `/http://scott:tiger@127.0.0.1:${server.port}/`;
    t.match(await checkOnce(checkTarget({ request })), { message: /after 1 redirect/ });
    const asked = location === '/next' ? server : other;
    t.equal(loginOf(asked.received.at(-1)), login, location);
  }
});

t.test('no message holds them, whole or cut', async (t) => {
  const encoded = Buffer.from('scott:tiger-striped').toString('base64');
  const repeated = `tiger-striped scott ${encoded}`;
  for (const [answer, shown] of [
    [`HTTP/1.1 401 no ${repeated}\r\n\r\n`, '401 no *** *** ***'],
    [`HTTP/1.1 401 ${'x'.repeat(60)} ${repeated}\r\n\r\n`, 'x *** *** ***'],
    [`HTTP/1.1 200 OK\r\n\r\n${repeated}`, 'starts with "*** *** ***"'],
    [`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(45)} ${repeated}`, 'x *** *** ***"'],
  ] as const) {
    const server = await rawServer(t, saying(answer));
    const request = `/http://scott:tiger-striped@127.0.0.1:${server.port}/`;
    const { message } = await checkOnce(checkTarget({ request, receive: TEST_PAGE }));
    t.match(message, shown);
  }
});
