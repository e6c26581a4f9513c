import type { Socket } from 'node:net';
import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { rawServer } from '../../support/raw-server.ts';
import { rawUdpServer } from '../../support/raw-udp-server.ts';
import { udpCheckSuite } from '../../support/udp-check-suite.ts';

const LOGIN = 'ldirectord@monitor.example.com';

function sip(fields: Partial<CheckTarget>): CheckTarget {
  return checkTarget({ service: 'sip', login: LOGIN, ...fields });
}

/** What a server says to that request. */
function answer(request: string, status = '200 OK', more = ''): string {
  const same = /^(?:Via|From|To|Call-ID|CSeq):.*\r\n/gm;
  const headers = request.match(same)?.join('') ?? '';
  return `SIP/2.0 ${status}\r\n${headers}${more}\r\n`;
}

/** Says that of every request over TCP. */
function answering(words: (request: string) => string): (socket: Socket) => void {
  return (socket) =>
    socket.once('data', (bytes) => socket.end(words(bytes.toString('latin1'))));
}

t.test('over TCP', async (t) => {
  checkSuite(t, { target: (port) => sip({ port }) });
});

t.test('over UDP', async (t) => {
  udpCheckSuite(t, {
    target: (port) => sip({ port, protocol: 'udp' }),
    answer: (question) => answer(question.toString()),
  });
});

/** RFC 3261, 8.1.1 and 11.1. */
const OPTIONS = new RegExp(
  [
    '^OPTIONS sip:(?<who>.+) SIP/2\\.0',
    'Via: SIP/2\\.0/(?<transport>\\w+) (?<own>127\\.0\\.0\\.1:\\d+);branch=(?<branch>z9hG4bK\\w{16,});rport',
    'Max-Forwards: 70',
    'From: <sip:\\k<who>>;tag=(?<tag>\\w{16,})',
    'To: <sip:\\k<who>>',
    'Call-ID: (?<callId>\\w{16,}@l4director)',
    'CSeq: (?<cseq>[1-9]\\d*) OPTIONS',
    'Contact: <sip:\\k<own>(?<contact>.*)>',
    'Accept: application/sdp',
    'User-Agent: l4director',
    'Content-Length: 0\r\n\r\n$',
  ].join('\r\n'),
);

t.test('the request is as RFC 3261 has it', async (t) => {
  for (const [protocol, transport, contact] of [
    ['tcp', 'TCP', ';transport=tcp'],
    ['udp', 'UDP', ''],
    ['fwm', 'UDP', ''],
  ] as const)
    await t.test(protocol, async (t) => {
      const requests: string[] = [];
      const note = (request: string) => {
        requests.push(request);
        return answer(request);
      };
      const { port } = await (protocol === 'tcp'
        ? rawServer(t, answering(note))
        : rawUdpServer(t, (request, reply) => reply(note(`${request}`))));
      t.equal((await checkOnce(sip({ port, protocol }))).up, true);
      t.equal((await checkOnce(sip({ port, protocol }))).up, true);
      const [first, second] = requests.map((text) => OPTIONS.exec(text)?.groups);
      t.match(first, { who: LOGIN, transport, contact });
      for (const name of ['branch', 'tag', 'callId', 'cseq'])
        t.not(first?.[name], second?.[name], `another ${name} each time`);
    });
});

t.test('whom it is about', async (t) => {
  for (const [what, login, line] of [
    ['no login: the server', '', /^OPTIONS sip:127\.0\.0\.1:\d+ SIP\/2\.0\r\n/],
    ['a blank', 'a b@c', /^OPTIONS sip:a%20b@c SIP\/2\.0\r\n/],
    ['line ends', 'a\r\nX: y@c', /^OPTIONS sip:a%0D%0AX:%20y@c SIP\/2\.0\r\n/],
    ['brackets', '<a>@c', /^OPTIONS sip:%3Ca%3E@c SIP\/2\.0\r\n/],
    ['parameters', 'a@c;user=phone', /^OPTIONS sip:a@c;user=phone SIP\/2\.0\r\n/],
  ] as const)
    await t.test(what, async (t) => {
      const server = await rawServer(
        t,
        answering((request) => answer(request)),
      );
      t.equal((await checkOnce(sip({ port: server.port, login }))).up, true);
      t.match(server.received[0], line);
    });
});

const TRYING = (request: string) => answer(request, '100 Trying');
const STRANGE = (request: string) =>
  answer(request).replace(/^Call-ID: .*$/m, 'Call-ID: other');

/** Over TCP all of them in one go; over UDP a datagram each. */
const ANSWERS: readonly [
  string,
  (request: string) => readonly string[],
  boolean,
  RegExp,
][] = [
  ['200', (request) => [answer(request)], true, /^200 OK$/],
  [
    '200 in other words',
    (request) => [answer(request, '200 Fine')],
    true,
    /^200 Fine$/,
  ],
  ['200 without words', (request) => [answer(request, '200')], true, /^200$/],
  [
    '200 with a body',
    (request) => [`${answer(request, '200 OK', 'l: 4\r\n')}v=0\n`],
    true,
    /^200 OK$/,
  ],
  ['100 first', (request) => [TRYING(request), answer(request)], true, /^200 OK$/],
  [
    '183 with a body first',
    (request) => [
      `${answer(request, '183 x', 'Content-Length: 3\r\n')}v=0`,
      answer(request),
    ],
    true,
    /^200 OK$/,
  ],
  [
    'an answer to another call first',
    (request) => [STRANGE(request), answer(request)],
    true,
    /^200 OK$/,
  ],
  [
    'names in other forms',
    (request) => [answer(request).replace('Call-ID', 'i').replace('CSeq', 'CSEQ ')],
    true,
    /^200 OK$/,
  ],
  [
    'an empty line first',
    (request) => [`\r\n\r\n${answer(request)}`],
    true,
    /^200 OK$/,
  ],
  [
    'bare line feeds',
    (request) => [answer(request).replaceAll('\r', '')],
    true,
    /^200 OK$/,
  ],
  ...(
    [
      '202 Accepted',
      '302 Moved',
      '401 Unauthorized',
      '404 Not Found',
      '503 x',
      '603 Decline',
    ] as const
  ).map((status): (typeof ANSWERS)[number] => [
    status,
    (request) => [answer(request, status)],
    false,
    new RegExp(`^expected SIP/2\\.0 200, got "${status}"$`),
  ]),
];

const FOREIGN: readonly [string, (request: string) => string, string][] = [
  [
    'SIP/3.0',
    (request) => answer(request).replace('SIP/2.0 ', 'SIP/3.0 '),
    'SIP/3.0 200 OK',
  ],
  ['200 glued', (request) => answer(request, '2000 OK'), 'SIP/2.0 2000 OK'],
  [
    'a web server',
    () => 'HTTP/1.1 400 Bad Request\r\n\r\n',
    'HTTP/1.1 400 Bad Request',
  ],
  ['words with control characters', () => '\x1b[2J\x07no\r\n', '[2J no'],
];

for (const [what, answers, up, message] of ANSWERS) {
  t.test(`${what} over TCP`, async (t) => {
    const server = await rawServer(
      t,
      answering((request) => answers(request).join('')),
    );
    const result = await checkOnce(sip({ port: server.port }));
    t.match(result, { up, message });
    await server.idle();
  });

  t.test(`${what} over UDP`, async (t) => {
    const server = await rawUdpServer(t, (request, reply) =>
      answers(`${request}`).forEach(reply),
    );
    const result = await checkOnce(sip({ port: server.port, protocol: 'udp' }));
    t.match(result, { up, message });
  });
}

t.test('what is no SIP answer', async (t) => {
  for (const [what, words, told] of FOREIGN)
    await t.test(what, async (t) => {
      const tcp = await rawServer(t, answering(words));
      const { up, message } = await checkOnce(sip({ port: tcp.port }));
      t.equal(up, false);
      t.equal(message, `expected SIP/2.0 200, got "${told}"`);
      await tcp.idle();
      const udp = await rawUdpServer(t, (request, reply) => reply(words(`${request}`)));
      const fields = { protocol: 'udp', negotiatetimeoutMs: 300 } as const;
      const late = await checkOnce(sip({ port: udp.port, ...fields }));
      t.equal(late.up, false);
      t.match(
        late.message,
        `no answer within 0.3 s (negotiatetimeout); before that "${told}`,
      );
      t.match(late.message, /", no whole SIP answer$/);
    });
});

t.test('a datagram that is no whole answer is waited past', async (t) => {
  for (const [what, stray] of [
    ['another protocol', () => 'SSH-2.0-OpenSSH_9.2p1\r\n'],
    ['nothing', () => ''],
    ['half of a head', (request) => answer(request, '503 x').slice(0, -10)],
    ['half of a body', (request) => `${answer(request, '503 x', 'l: 9\r\n')}v=0`],
  ] as const satisfies [string, (request: string) => string][]) {
    const server = await rawUdpServer(t, (request, reply) => {
      reply(stray(`${request}`));
      reply(answer(`${request}`));
    });
    const result = await checkOnce(sip({ port: server.port, protocol: 'udp' }));
    t.match(result, { up: true, message: '200 OK' }, what);
  }
});

t.test('an answer may come byte by byte', async (t) => {
  const server = await rawServer(t, (socket) =>
    socket.setNoDelay().once('data', async (bytes) => {
      const request = bytes.toString('latin1');
      for (const byte of TRYING(request) + answer(request))
        await new Promise((resolve) => socket.write(byte, resolve));
    }),
  );
  t.match(await checkOnce(sip({ port: server.port })), { up: true, message: '200 OK' });
});

t.test('what came in vain is told of', async (t) => {
  const server = await rawServer(
    t,
    answering((request) => TRYING(request) + STRANGE(request)),
  );
  const { message } = await checkOnce(sip({ port: server.port }));
  t.equal(
    message,
    'expected SIP/2.0 200, but the connection was closed; before that "200 OK" to another call',
  );
  const udp = await rawUdpServer(t, (request, reply) => reply(TRYING(`${request}`)));
  const late = await checkOnce(
    sip({ port: udp.port, protocol: 'udp', negotiatetimeoutMs: 300 }),
  );
  t.equal(
    late.message,
    'no answer within 0.3 s (negotiatetimeout); before that "100 Trying"',
  );
});

t.test('a server that closes in the middle of its answer is down', async (t) => {
  const server = await rawServer(
    t,
    answering((request) => answer(request).slice(0, -2)),
  );
  const { up, message } = await checkOnce(sip({ port: server.port }));
  t.equal(up, false);
  t.equal(message, 'expected SIP/2.0 200, but the connection was closed');
});

t.test('a server that never stops is down', async (t) => {
  const server = await rawServer(t, (socket) =>
    socket.write(`SIP/2.0 200 OK\r\nX: ${'x'.repeat(100_000)}`),
  );
  const { up, message } = await checkOnce(sip({ port: server.port }));
  t.equal(up, false);
  t.match(message, 'more than 65536 bytes');
  await server.idle();
});

t.test('a lost request is sent again after T1, then after 2 T1', async (t) => {
  const at: number[] = [];
  const server = await rawUdpServer(t, (request, reply) => {
    at.push(performance.now());
    if (at.length === 3) reply(answer(`${request}`));
  });
  const { up } = await checkOnce(sip({ port: server.port, protocol: 'udp' }));
  t.equal(up, true);
  t.equal(new Set(server.received.map(String)).size, 1, 'the same each time');
  // Timers are never early; how late they may be is not asked.
  for (const [index, afterMs] of [500, 1500].entries())
    t.ok((at[index + 1] ?? 0) - (at[0] ?? 0) > afterMs - 50);
});

t.test('the login is hidden before what came is cut', async (t) => {
  const words = () => `HTTP/1.1 400 ${'x'.repeat(50)}${LOGIN}\r\n\r\n`;
  const server = await rawServer(t, answering(words));
  const { message } = await checkOnce(sip({ port: server.port }));
  t.equal(message, `expected SIP/2.0 200, got "HTTP/1.1 400 ${'x'.repeat(50)}***"`);
});

t.test('a login of two letters takes none out of what came', async (t) => {
  const server = await rawServer(
    t,
    answering(() => 'HTTP/1.1 400 PS not as asked\r\n\r\n'),
  );
  const { message } = await checkOnce(sip({ port: server.port, login: 'as' }));
  t.equal(message, 'expected SIP/2.0 200, got "HTTP/1.1 400 PS not as asked"');
});
