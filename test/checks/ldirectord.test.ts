import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import type { CheckTarget } from '../../lib/model/check.ts';
import { testAuthority } from '../support/certificates.ts';
import { pattern } from '../support/check-target.ts';
import { compareVerdicts, type VerdictCase } from '../support/compare-verdicts.ts';
import { lab } from '../support/lab.ts';
import { rawServer, saying } from '../support/raw-server.ts';

const OK = 'HTTP/1.1 200 OK\r\n';
const PAGE = `${OK}Content-Length: 9\r\n\r\nTest Page`;
const TEST_PAGE = pattern('Test Page');

t.test('http', lab('ldirectord', 'perl'), async (t) => {
  const cases: VerdictCase[] = [];
  async function add(
    name: string,
    answer: string | Buffer | Parameters<typeof rawServer>[1],
    fields: Partial<CheckTarget> = {},
    differs?: VerdictCase['differs'],
  ) {
    const serve = typeof answer === 'function' ? answer : saying(answer);
    const { port } = await rawServer(t, serve);
    cases.push({ name, fields: { port, ...fields }, ...(differs ? { differs } : {}) });
    return port;
  }
  const receive = TEST_PAGE;
  await add('a page', PAGE, { receive });
  await add('another page', `${OK}\r\nsorry`, { receive });
  await add('no receive', `${OK}\r\nsorry`);
  for (const status of [201, 204, 206, 299, 304, 400, 401, 403, 404, 500, 503])
    await add(`status ${status}`, `HTTP/1.1 ${status} x\r\n\r\n`);
  await add('HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nTest Page', { receive });
  await add('words in the header only', `${OK}X: Test Page\r\n\r\nbody`, { receive });
  await add('anchors', `${OK}\r\na\nTest`, { receive: pattern('^Test') });
  await add('a dot does not pass a line end', `${OK}\r\na\nb`, {
    receive: pattern('a.b'),
  });
  await add('case counts', `${OK}\r\ntest page`, { receive });
  await add('bytes above 127', Buffer.from(`${OK}\r\n\xfc`, 'latin1'), {
    receive: pattern('^\\xfc$'),
  });
  await add(
    'gzip stays gzip',
    Buffer.concat([
      Buffer.from(`${OK}Content-Encoding: gzip\r\n\r\n`),
      gzipSync('Test Page'),
    ]),
    { receive },
  );
  const chunked = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
  await add('chunks', `${chunked}5\r\nTest \r\n4\r\nPage\r\n0\r\n\r\n`, { receive });
  await add('a bad chunk', `${chunked}9\r\nTest Page\r\n!\r\n`, { receive });
  await add('a cut chunk', `${chunked}20\r\nTest Page`, { receive });
  await add('a truncated body', `${OK}Content-Length: 99\r\n\r\nTest Page`, {
    receive,
  });
  await add('a body that is too long', `${OK}Content-Length: 4\r\n\r\nTest Page`, {
    receive,
  });
  await add('HTTP/0.9', 'Test Page', { receive });
  await add('an SSH banner', (socket) => void socket.end('SSH-2.0-x\r\n'));
  await add('ICY 200', 'ICY 200 OK\r\n\r\nTest Page', { receive });
  await add('status 999', 'HTTP/1.1 999 x\r\n\r\nTest Page', { receive });
  await add('100 first', `HTTP/1.1 100 Continue\r\n\r\n${PAGE}`, { receive });
  await add('101, and other words', 'HTTP/1.1 101 x\r\n\r\nTest Page', { receive });
  const hints = `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${PAGE}`;
  const why = 'the answer is still to come';
  await add('103 first', hints, { receive }, { real: false, why });
  await add('a head without end', `${OK}A: b`);
  await add('bare line ends', 'HTTP/1.1 200 OK\nA: b\n\nTest Page', { receive });
  await add('nothing', '');
  await add('HEAD', `${OK}Content-Length: 9\r\n\r\n`, { httpmethod: 'HEAD' });
  await add('HEAD with receive', PAGE, { httpmethod: 'HEAD', receive });
  await add('silence', () => {});
  await add('silence in the head', (socket) => void socket.write(`${OK}A: `));
  await add(
    'silence in the body',
    (socket) => void socket.write(`${OK}Content-Length: 99\r\n\r\nTest Page`),
    { receive },
  );
  await add(
    'silence in another body',
    (socket) => void socket.write(`${OK}Content-Length: 99\r\n\r\nsorry`),
    { receive },
  );
  await add('a reset', (socket) => void socket.resetAndDestroy());
  await add('a redirect without Location', 'HTTP/1.1 302 x\r\n\r\n');
  await add('a redirect to mail', 'HTTP/1.1 302 x\r\nLocation: mailto:a@b\r\n\r\n');
  await add('a redirect to rubbish', 'HTTP/1.1 302 x\r\nLocation: http://\r\n\r\n');
  for (const hops of [1, 6, 7, 8, 100])
    await add(`${hops} redirects`, (socket) =>
      socket.once('data', (bytes) => {
        const hop = Number(/^GET \/(\d*)/.exec(`${bytes}`)?.[1] ?? 0);
        socket.end(
          hop < hops ? `HTTP/1.1 302 x\r\nLocation: /${hop + 1}\r\n\r\n` : PAGE,
        );
      }),
    );
  const other = await rawServer(t, saying(PAGE));
  for (const status of [300, 301, 302, 303, 307, 308])
    await add(
      `a redirect by ${status} elsewhere`,
      `HTTP/1.1 ${status} x\r\nLocation: http://localhost:${other.port}/\r\n\r\n`,
      { receive },
    );
  /** A page for those who send exactly this. */
  const asked =
    (words: string) => (socket: Parameters<Parameters<typeof rawServer>[1]>[0]) =>
      void socket.once('data', (bytes) => {
        socket.end(
          `${bytes.toString('latin1')}\r\n`.includes(words)
            ? PAGE
            : 'HTTP/1.1 400 x\r\n\r\n',
        );
      });
  await add('the path', asked('GET /a%20b?c=d HTTP/1.1\r\n'), { request: '/a b?c=d' });
  await add('no slash', asked('GET /index.html HTTP/1.1\r\n'), {
    request: '/index.html',
  });
  await add('two slashes', asked('GET //a HTTP/1.1\r\n'), { request: '//a' });
  await add('odd characters', asked('GET /%7Ba%7D%5E%7C~!*()%20 HTTP/1.1\r\n'), {
    request: '/{a}^|~!*()%20',
  });
  await add('Host is the address', asked('\r\nHost: 127.0.0.1\r\n'));
  await add('Host is the virtualhost', asked('\r\nHost: a.example:8\r\n'), {
    virtualhost: 'a.example:8',
  });
  const checkport = await add('checkport', PAGE, { receive });
  cases.push({ name: 'nobody listens', fields: { port: 1 } });
  t.ok(checkport > 0);
  await compareVerdicts(t, 'http', cases);
});

t.test('https', lab('ldirectord', 'perl', 'openssl'), async (t) => {
  const folder = t.testdir({ known: {}, unknown: {}, run: {} });
  const authority = testAuthority(join(folder, 'known'));
  const own = testAuthority(join(folder, 'unknown'), 'Nobody knows');
  const cases: VerdictCase[] = [];
  const service = 'https';
  for (const [name, pair] of [
    ['a known authority', authority.issue('127.0.0.1')],
    ['another name', authority.issue('other.example.com')],
    ['an expired certificate', authority.issue('127.0.0.1', -1)],
    ['an unknown authority', own.issue('127.0.0.1')],
  ] as const) {
    const server = createServer(pair).on('tlsClientError', () => {});
    const { port } = await rawServer(t, saying(PAGE), server, 'secureConnection');
    cases.push({ name, fields: { service, port, receive: TEST_PAGE } });
  }
  const plain = await rawServer(t, saying(PAGE));
  cases.push({ name: 'plain http', fields: { service, port: plain.port } });
  await compareVerdicts(t, 'https', cases, { authority: authority.file });
});

t.test(
  'connect, ping, external',
  lab('ldirectord', 'perl', 'root', 'net-ping'),
  async (t) => {
    const folder = t.testdir();
    const cases: VerdictCase[] = [];
    function add(
      fields: Partial<CheckTarget>,
      name: string,
      differs?: VerdictCase['differs'],
    ) {
      cases.push({ name, fields, ...(differs ? { differs } : {}) });
    }
    const silent = await rawServer(t, () => {});
    const closing = await rawServer(t, (socket) => void socket.resetAndDestroy());
    for (const [name, port] of [
      ['silence', silent.port],
      ['a reset', closing.port],
      ['nobody', 1],
    ] as const)
      add({ checktype: 'connect', port }, `connect: ${name}`);
    add({ checktype: 'ping', address: '127.0.0.1' }, 'ping: loopback');
    add({ checktype: 'ping', address: '240.0.0.1' }, 'ping: routed nowhere');
    add({ checktype: 'on' }, 'on');
    function script(body: string) {
      const file = join(folder, `script${cases.length}`);
      writeFileSync(file, body, { mode: 0o755 });
      return file;
    }
    for (const [name, body, differs] of [
      ['exit 0', 'exit 0'],
      ['exit 1', 'exit 1'],
      ['exit 255', 'exit 255'],
      ['arguments', '[ "$2 $3 $4 $#" = "80 127.0.0.1 80 4" ]'],
      [
        'killed',
        'kill -9 $$',
        { real: true, why: 'a script that crashed proves nothing' },
      ],
      // Last: ldirectord may take the end of a killed child for that of the next.
      ['too long', 'exec sleep 60'],
    ] as const)
      add(
        { checktype: 'external', checkcommand: script(`#!/bin/sh\n${body}\n`) },
        `external: ${name}`,
        differs,
      );
    add({ checktype: 'external', checkcommand: '/bin/true -x' }, 'external: words', {
      real: false,
      why: 'a command may carry arguments',
    });
    add({ checktype: 'external', checkcommand: '/nowhere' }, 'external: not there');
    for (const [name, body] of [
      ['exit 0', 'exit 0;'],
      ['no exit', '1;'],
      ['return', 'return;'],
      ['exit 1', 'exit 1;'],
      ['die', 'die;'],
      ['no Perl', 'no perl at all'],
      ['too long', 'sleep 60;'],
      ['arguments', 'exit("@ARGV" =~ / 80 127.0.0.1 / ? 0 : 1);'],
    ] as const)
      add(
        { checktype: 'external-perl', checkcommand: script(body) },
        `external-perl: ${name}`,
      );
    add(
      { checktype: 'external-perl', checkcommand: '/nowhere' },
      'external-perl: not there',
    );
    await compareVerdicts(t, 'connect, ping, external', cases);
  },
);
