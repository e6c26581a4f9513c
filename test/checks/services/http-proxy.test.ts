import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { startSquid } from '../../lab/servers/squid.ts';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { lab } from '../../support/lab.ts';
import { rawServer, saying } from '../../support/raw-server.ts';

const PAGE = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nTest Page';
const TEST_PAGE = pattern('^Test Page$');

function target(fields: Partial<CheckTarget>): CheckTarget {
  const request = '/http://www.example.com/';
  return checkTarget({ service: 'http_proxy', request, ...fields });
}

// An SSH banner is no HTTP, and so a page: ldirectord's word, too.
checkSuite(t, { target: (port) => target({ port }), otherProtocolIsUp: true });

t.test('the proxy is asked for the whole URL', async (t) => {
  for (const [request, line, host, login] of [
    [
      '/http://www.example.com/',
      'GET http://www.example.com/ HTTP/1.1',
      'www.example.com',
    ],
    ['/http://a.test', 'GET http://a.test/ HTTP/1.1', 'a.test'],
    [
      '/http://a.test:8080/b c?d=e#f',
      'GET http://a.test:8080/b%20c?d=e HTTP/1.1',
      'a.test:8080',
    ],
    ['/http://[::1]:81/', 'GET http://[::1]:81/ HTTP/1.1', '[::1]:81'],
    ['/HTTP://A.test/B', 'GET http://a.test/B HTTP/1.1', 'a.test'],
    ['/http://me:word@a.test/', 'GET http://a.test/ HTTP/1.1', 'a.test', 'me:word'],
  ] as const) {
    const server = await rawServer(t, saying(PAGE));
    const fields = { port: server.port, request, virtualhost: 'other.example.com' };
    const result = await checkOnce(target({ ...fields, receive: TEST_PAGE }));
    t.same(result, { up: true, message: '200 OK' });
    await server.idle();
    const [first, ...headers] = (server.received[0] ?? '').split('\r\n');
    t.equal(first, line);
    t.ok(headers.includes(`Host: ${host}`), headers.join('|'));
    const sent = headers.filter((header) => header.startsWith('Authorization: '));
    const basic = (words: string) => `Basic ${Buffer.from(words).toString('base64')}`;
    t.same(sent, login ? [`Authorization: ${basic(login)}`] : []);
  }
});

t.test('a request without a whole URL asks nobody', async (t) => {
  const server = await rawServer(t, saying(PAGE));
  for (const request of ['/', '/index.html', '/https://www.example.com/', '/http://']) {
    const { up, message } = await checkOnce(target({ port: server.port, request }));
    t.equal(up, false);
    t.match(message, 'expected a whole URL, as in "http://www.example.com/"');
  }
  t.equal(server.accepted, 0);
  const request = '/https://me:tiger@www.example.com/';
  t.notMatch((await checkOnce(target({ request }))).message, /tiger/);
});

t.test('redirects are asked of the proxy too', async (t) => {
  const server = await rawServer(t, (socket, index) =>
    saying(
      index === 0
        ? 'HTTP/1.1 302 Found\r\nLocation: http://b.test/c\r\n\r\n'
        : index === 1
          ? 'HTTP/1.1 302 Found\r\nLocation: /d\r\n\r\n'
          : PAGE,
    )(socket),
  );
  t.same(await checkOnce(target({ port: server.port, receive: TEST_PAGE })), {
    up: true,
    message: '200 OK (after 2 redirects)',
  });
  t.match(server.received[1], /^GET http:\/\/b\.test\/c HTTP.*\r\nHost: b\.test\r\n/);
  t.match(server.received[2], /^GET http:\/\/b\.test\/d HTTP.*\r\nHost: b\.test\r\n/);
});

t.test('one to https goes past it', async (t) => {
  const other = await rawServer(t, (socket) => socket.end());
  const location = `https://127.0.0.1:${other.port}/`;
  const server = await rawServer(
    t,
    saying(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\n\r\n`),
  );
  t.equal((await checkOnce(target({ port: server.port }))).up, false);
  t.equal(server.accepted, 1);
  t.equal(other.accepted, 1);
});

t.test("Debian's squid fetches", lab('squid', 'root'), async (t) => {
  const port = await startSquid(t);
  const answers: Readonly<Record<string, string | undefined>> = {
    '/closed': '',
    '/moved': 'HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n',
    '/none': 'HTTP/1.1 404 Not Found\r\n\r\n',
  };
  const pages = await rawServer(t, (socket) =>
    socket.once('data', (bytes) => {
      const [, path = ''] = /^\w+ (\S*)/.exec(bytes.toString('latin1')) ?? [];
      if (path !== '/silent') socket.end(answers[path] ?? PAGE);
    }),
  );
  const site = `/http://127.0.0.1:${pages.port}`;
  const soon = { negotiatetimeoutMs: 1000 };
  for (const [what, path, fields, up, message] of [
    ['a page', '/', {}, true, '200 OK'],
    ['a page elsewhere', '/moved', {}, true, '200 OK (after 1 redirect)'],
    ['another page', '/', { receive: pattern('sorry') }, false, 'does not match'],
    ['HEAD', '/', { httpmethod: 'HEAD', receive: undefined }, true, '200 OK'],
    ['a page that is not there', '/none', {}, false, '404 Not Found: expected 2xx'],
    ['what it denies', '/denied', {}, false, '403 Forbidden: expected 2xx'],
    ['a site that hangs up', '/closed', {}, false, '502 Bad Gateway: expected 2xx'],
    ['a site that is silent', '/silent', soon, false, 'no answer within 1 s'],
  ] satisfies [string, string, Partial<CheckTarget>, boolean, string][])
    await t.test(what, async (t) => {
      for (const address of ['127.0.0.1', '::1']) {
        const base = { address, port, receive: TEST_PAGE, request: `${site}${path}` };
        const result = await checkOnce(target({ ...base, ...fields }));
        t.equal(result.up, up, result.message);
        t.match(result.message, message);
      }
    });
  await t.test('a site where nobody listens', async (t) => {
    const result = await checkOnce(target({ port, request: '/http://127.0.0.1:1/' }));
    t.match(result, { up: false, message: '503 Service Unavailable: expected 2xx' });
  });
});
