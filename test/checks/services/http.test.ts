import { gzipSync } from 'node:zlib';
import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { type RawServer, rawServer, saying } from '../../support/raw-server.ts';

// An SSH banner is no HTTP, and so a page: ldirectord's word, too.
checkSuite(t, { target: (port) => checkTarget({ port }), otherProtocolIsUp: true });

const PAGE = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nTest Page';
const TEST_PAGE = pattern('Test Page');

t.test('up or down by status and body', async (t) => {
  const big = 'x'.repeat(100_000);
  for (const [what, answer, fields, up, message] of [
    ['a page', PAGE, {}, true, '200 OK'],
    ['a page that matches', PAGE, { receive: TEST_PAGE }, true, '200 OK'],
    ['an empty receive', PAGE, { receive: pattern('') }, true, '200 OK'],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', {}, true, '204 No Content'],
    ['299', 'HTTP/1.1 299 Odd\r\n\r\n', {}, true, '299 Odd'],
    [
      '503',
      'HTTP/1.1 503 Service Unavailable\r\n\r\nTest Page',
      { receive: TEST_PAGE },
      false,
      '503 Service Unavailable: expected 2xx',
    ],
    [
      '401',
      'HTTP/1.1 401 Unauthorized\r\n\r\n',
      {},
      false,
      '401 Unauthorized: expected 2xx',
    ],
    [
      '304',
      'HTTP/1.1 304 Not Modified\r\n\r\n',
      {},
      false,
      '304 Not Modified: expected 2xx',
    ],
    [
      'a redirect to nowhere',
      'HTTP/1.1 302 Found\r\n\r\n',
      {},
      false,
      '302 Found: expected 2xx',
    ],
    [
      'a redirect to mail',
      'HTTP/1.1 302 Found\r\nLocation: mailto:a@b\r\n\r\n',
      {},
      false,
      '302 Found: expected 2xx',
    ],
    [
      'a body that does not match',
      'HTTP/1.1 200 OK\r\n\r\nsorry\x07\n',
      { receive: TEST_PAGE },
      false,
      'body of 7 bytes does not match /Test Page/ (starts with "sorry")',
    ],
    [
      'words in a header only',
      'HTTP/1.1 200 Test Page\r\nX: Test Page\r\n\r\n',
      { receive: TEST_PAGE },
      false,
      'body of 0 bytes does not match /Test Page/',
    ],
    [
      'anchors are ends of the body',
      'HTTP/1.1 200 OK\r\n\r\na\nTest Page\nb',
      { receive: pattern('^Test') },
      false,
      'does not match',
    ],
    [
      'bytes are latin1',
      Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), Buffer.from('ü')]),
      { receive: pattern('^\\xc3\\xbc$') },
      true,
      '200 OK',
    ],
    [
      'gzip stays gzip',
      Buffer.concat([
        Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'),
        gzipSync('Test Page'),
      ]),
      { receive: TEST_PAGE },
      false,
      'does not match',
    ],
    [
      'chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nTest \r\n4\r\nPage\r\n0\r\n\r\n',
      { receive: pattern('^Test Page$') },
      true,
      '200 OK',
    ],
    [
      'a bad chunk ends the body',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nTest Page\r\n!\r\n',
      { receive: TEST_PAGE },
      true,
      '200 OK',
    ],
    [
      'a truncated body',
      'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nTest Page',
      { receive: TEST_PAGE },
      true,
      '200 OK',
    ],
    ['HTTP/0.9', 'Test Page', { receive: TEST_PAGE }, true, '200 Assumed OK'],
    [
      '100 Continue first',
      `HTTP/1.1 100 Continue\r\n\r\n${PAGE}`,
      { receive: TEST_PAGE },
      true,
      '200 OK',
    ],
    ['a head without end', 'HTTP/1.1 200 OK\r\nA: b', {}, true, '200 OK'],
    [
      'line ends without CR',
      'HTTP/1.0 200 OK\nA: b\n\nTest Page',
      { receive: pattern('^Test Page$') },
      true,
      '200 OK',
    ],
    ['nothing at all', '', {}, false, 'closed without an answer'],
    [
      'a giant header',
      `HTTP/1.1 200 OK\r\nA: ${big}\r\n\r\nx`,
      {},
      false,
      'header of more than 65536 bytes',
    ],
    [
      'a body within the limit',
      `HTTP/1.1 200 OK\r\n\r\n${big}`,
      { receive: pattern('x$'), bodyLimit: 100_000 },
      true,
      '200 OK',
    ],
    [
      'a body past the limit',
      `HTTP/1.1 200 OK\r\n\r\n${big}`,
      { receive: pattern('x'), bodyLimit: 99_999 },
      false,
      'body of more than 99,999 bytes',
    ],
    [
      'a long body nobody matches',
      `HTTP/1.1 200 OK\r\n\r\n${big}`,
      { bodyLimit: 10 },
      true,
      '200 OK',
    ],
    [
      'HEAD',
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n',
      { httpmethod: 'HEAD' },
      true,
      '200 OK',
    ],
    [
      'HEAD with receive',
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n',
      { httpmethod: 'HEAD', receive: TEST_PAGE },
      false,
      'HEAD brings no body, so /Test Page/ cannot match: expected httpmethod=GET',
    ],
    [
      'a pattern Perl cannot compile',
      PAGE,
      { receive: { perl: '(', problem: 'unmatched (' } },
      false,
      'receive /(/: unmatched (',
    ],
  ] satisfies [string, string | Buffer, Partial<CheckTarget>, boolean, string][])
    await t.test(what, async (t) => {
      const server = await rawServer(t, saying(answer));
      const result = await checkOnce(checkTarget({ port: server.port, ...fields }));
      t.equal(result.up, up);
      t.match(result.message, message);
      await server.idle();
    });
});

t.test('the request that is sent', async (t) => {
  for (const [fields, line, host] of [
    [{}, 'GET / HTTP/1.1', '127.0.0.1'],
    [
      { request: '/a b?c=d%20e&f="g"' },
      'GET /a%20b?c=d%20e&f=%22g%22 HTTP/1.1',
      '127.0.0.1',
    ],
    [{ request: '/ü', httpmethod: 'HEAD' }, 'HEAD /%C3%BC HTTP/1.1', '127.0.0.1'],
    [{ virtualhost: 'www.example.com' }, 'GET / HTTP/1.1', 'www.example.com'],
    [{ virtualhost: 'grün.example' }, 'GET / HTTP/1.1', 'gr\xc3\xbcn.example'],
    [{ virtualhost: 'a:81\r' }, 'GET / HTTP/1.1', 'a:81'],
    [{ virtualhost: '' }, 'GET / HTTP/1.1', ''],
  ] satisfies [Partial<CheckTarget>, string, string][])
    await t.test(line, async (t) => {
      const server = await rawServer(t, saying(PAGE));
      t.equal(
        (await checkOnce(checkTarget({ port: server.port, ...fields }))).up,
        true,
      );
      await server.idle();
      const [first, ...headers] = (server.received[0] ?? '').split('\r\n');
      t.equal(first, line);
      t.ok(headers.includes(`Host: ${host}`), headers.join('|'));
      t.ok(headers.includes('Connection: close'));
    });
});

t.test('a request with http:// in it is the whole URL', async (t) => {
  const server = await rawServer(t, saying(PAGE));
  const target = checkTarget({
    port: 1,
    address: '127.0.0.9',
    request: `/http://127.0.0.1:${server.port}/a?b`,
    receive: TEST_PAGE,
  });
  t.equal((await checkOnce(target)).up, true);
  t.match(server.received[0], 'GET /a?b HTTP/1.1\r\nHost: 127.0.0.9\r\n');
});

t.test('a proxy in the environment is not asked', async (t) => {
  const server = await rawServer(t, saying(PAGE));
  process.env.http_proxy = 'http://127.0.0.1:9';
  t.teardown(() => {
    delete process.env.http_proxy;
  });
  t.equal((await checkOnce(checkTarget({ port: server.port }))).up, true);
});

/** Redirects `count` times by number, then shows the page. */
async function redirecting(
  t: Parameters<typeof rawServer>[0],
  count: number,
): Promise<RawServer> {
  return await rawServer(t, (socket) =>
    socket.once('data', (bytes) => {
      const hop = Number(/^GET \/(\d*)/.exec(bytes.toString('latin1'))?.[1] ?? 0);
      if (hop >= count) socket.end(PAGE);
      else socket.end(`HTTP/1.1 302 Found\r\nLocation: /${hop + 1}\r\n\r\nTest Page`);
    }),
  );
}

t.test('seven redirects are followed, an eighth is down', async (t) => {
  const seven = await redirecting(t, 7);
  t.same(await checkOnce(checkTarget({ port: seven.port, receive: TEST_PAGE })), {
    up: true,
    message: '200 OK (after 7 redirects)',
  });
  t.equal(seven.accepted, 8);
  const loop = await redirecting(t, Infinity);
  t.same(await checkOnce(checkTarget({ port: loop.port })), {
    up: false,
    message: '302 Found: expected 2xx (after 7 redirects)',
  });
  t.equal(loop.accepted, 8);
});

t.test('a redirect may lead anywhere, with the Host of its URL', async (t) => {
  const other = await rawServer(t, saying(PAGE));
  for (const status of [301, 302, 303, 307, 308]) {
    const server = await rawServer(
      t,
      saying(
        `HTTP/1.1 ${status} x\r\nLocation: http://localhost:${other.port}/y\r\n\r\n`,
      ),
    );
    const target = checkTarget({ port: server.port, virtualhost: 'www.example.com' });
    t.equal((await checkOnce(target)).up, true);
    t.match(
      other.received.at(-1),
      `GET /y HTTP/1.1\r\nHost: localhost:${other.port}\r\n`,
    );
  }
});

t.test('the time-out covers redirects too', async (t) => {
  const silent = await rawServer(t, () => {});
  const server = await rawServer(
    t,
    saying(`HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:${silent.port}/\r\n\r\n`),
  );
  const { up, message } = await checkOnce(
    checkTarget({ port: server.port, negotiatetimeoutMs: 400 }),
  );
  t.equal(up, false);
  t.match(message, 'waiting for an answer: no answer within 0.4 s (negotiatetimeout)');
});

t.test('at the time-out within the body, what came is matched', async (t) => {
  for (const [receive, up] of [
    [TEST_PAGE, true],
    [pattern('never comes'), false],
  ] as const) {
    const server = await rawServer(t, (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nTest Page');
    });
    const target = checkTarget({ port: server.port, receive, negotiatetimeoutMs: 400 });
    t.equal((await checkOnce(target)).up, up);
    await server.idle();
  }
});

t.test('a head that drips is down at the time-out', async (t) => {
  const server = await rawServer(t, (socket) => {
    const drip = setInterval(() => socket.write('x'), 5);
    socket.once('close', () => clearInterval(drip));
    socket.write('HTTP/1.1 200 OK\r\nA: ');
  });
  const target = checkTarget({ port: server.port, negotiatetimeoutMs: 300 });
  t.match(await checkOnce(target), { up: false, message: /no answer within/ });
  await server.idle();
});
