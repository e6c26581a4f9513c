import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { startInnd } from '../../lab/servers/innd.ts';
import { startKamailio } from '../../lab/servers/kamailio.ts';
import { pattern } from '../../support/check-target.ts';
import { compareVerdicts, type VerdictCase } from '../../support/compare-verdicts.ts';
import { lab } from '../../support/lab.ts';
import { rawServer } from '../../support/raw-server.ts';
import { freeUdpPort, rawUdpServer } from '../../support/raw-udp-server.ts';

type Remarks = Pick<VerdictCase, 'differs'>;

/** Why a case differs, where ldirectord says up, or down. */
const realUp = (why: string): Remarks => ({ differs: { real: true, why } });
const realDown = (why: string): Remarks => ({ differs: { real: false, why } });

const GREETINGS: readonly [string, string, Remarks?][] = [
  ['200', '200 ready\r\n'],
  ['201', '201 no posting\r\n'],
  ['2 and no more', '2\n'],
  ['400', '400 too many\r\n'],
  ['502', '502 go away\r\n'],
  ['a blank first', ' 200 ready\r\n'],
  ['an empty line first', '\r\n200 ready\r\n'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'],
  ['nothing', ''],
  [
    'a greeting that is cut',
    '200 rea',
    realUp('a server that dies while it greets is not ready'),
  ],
];

t.test('nntp', lab('ldirectord', 'perl', 'innd', 'root'), async (t) => {
  const service = 'nntp';
  const cases: VerdictCase[] = [];
  for (const [name, greeting, remarks] of GREETINGS) {
    const { port } = await rawServer(t, (socket) => void socket.end(greeting));
    cases.push({ name, fields: { service, port }, ...remarks });
  }
  const silent = await rawServer(t, () => {});
  cases.push({ name: 'silence', fields: { service, port: silent.port } });
  const reset = await rawServer(t, (socket) => void socket.resetAndDestroy());
  cases.push({ name: 'a reset', fields: { service, port: reset.port } });
  cases.push({ name: 'refused', fields: { service, port: 1 } });
  const reader = await startInnd(t);
  const stranger = await startInnd(t, '192.0.2.1');
  for (const [name, port] of [
    ['INN', reader],
    ['INN, to strangers', stranger],
  ] as const)
    for (const address of ['127.0.0.1', '::1'])
      cases.push({ name: `${name}, ${address}`, fields: { service, address, port } });
  await compareVerdicts(t, service, cases);
});

/** Says that when the client has said its own. */
function answering(words: string | Buffer): (socket: Socket) => void {
  return (socket) => void socket.prependOnceListener('end', () => socket.end(words));
}

const world = pattern('^world');
const LINES: readonly [string, string, Partial<CheckTarget>, Remarks?][] = [
  ['a line that matches', 'world\n', { receive: world }],
  ['a later line', 'a\nb\nworld\n', { receive: world }],
  ['a line without end', 'world', { receive: world }],
  ['another line', 'sorry\n', { receive: world }],
  ['the end of a line', 'world\n', { receive: pattern('world$') }],
  ['the end of a line with CR', 'world\r\n', { receive: pattern('world$') }],
  ['CR before the end', 'world\r\n', { receive: pattern('world\\r$') }],
  ['an empty line', 'a\n\n', { receive: pattern('^$') }],
  ['a match over line ends', 'a\nb\n', { receive: pattern('a\\nb') }],
  ['case counts', 'World\n', { receive: world }],
  ['nothing', '', { receive: world }],
  ['any line', 'sorry\n', {}],
  ['no line', '', {}],
  [
    'any line after one is sent',
    'sorry\n',
    { request: 'a\\n' },
    realDown('a request must not change what an absent receive means'),
  ],
  ['a slash in front', 'world\n', { request: '/hello', receive: world }],
  ['two slashes in front', 'world\n', { request: '//hello', receive: world }],
  ['line ends', 'world\n', { request: 'hello\\nworld\\n', receive: world }],
  ['another escape', 'world\n', { request: 'hello\\r\\n\\t', receive: world }],
  ['letters beyond ASCII', 'world\n', { request: 'grün €', receive: world }],
  ['blanks', 'world\n', { request: ' hello  world ', receive: world }],
];

t.test('simpletcp', lab('ldirectord', 'perl', 'innd', 'root'), async (t) => {
  const service = 'simpletcp';
  const cases: VerdictCase[] = [];
  const servers = new Map<string, { readonly received: readonly string[] }>();
  for (const [name, answer, fields, remarks] of LINES) {
    const server = await rawServer(t, answering(answer));
    servers.set(name, server);
    cases.push({ name, fields: { service, port: server.port, ...fields }, ...remarks });
  }
  const silent = await rawServer(t, (socket) => void socket.removeAllListeners('end'));
  cases.push({ name: 'silence', fields: { service, port: silent.port } });
  cases.push({ name: 'refused', fields: { service, port: 1 } });
  const port = await startInnd(t);
  for (const receive of ['^VERSION 2', '^VERSION 3'])
    cases.push({
      name: `INN, ${receive}`,
      fields: {
        ...{ service, port, request: 'CAPABILITIES\\nQUIT\\n' },
        receive: pattern(receive),
      },
    });
  await compareVerdicts(t, service, cases);
  for (const [name, { received }] of servers) {
    t.ok(received.length >= 2, `${name}: both have asked`);
    t.equal(new Set(received).size, 1, `${name}: both in the same bytes`);
  }
});

/** What a server says to that request. */
function sipAnswer(request: string, status: string, headers = true): string {
  const same = /^(?:Via|From|To|Call-ID|CSeq):.*\r\n/gm;
  return `SIP/2.0 ${status}\r\n${headers ? request.match(same)?.join('') : ''}\r\n`;
}

const SIP_ANSWERS: readonly [string, (request: string) => string, Remarks?][] = [
  ['200', (request) => sipAnswer(request, '200 OK')],
  [
    '200 in other words',
    (request) => sipAnswer(request, '200 Fine'),
    realDown('the words are for people only'),
  ],
  ['202', (request) => sipAnswer(request, '202 Accepted')],
  ['401', (request) => sipAnswer(request, '401 Unauthorized')],
  ['404', (request) => sipAnswer(request, '404 Not Found')],
  ['503', (request) => sipAnswer(request, '503 Service Unavailable')],
  ['SIP/3.0', (request) => sipAnswer(request, '200 OK').replace('2.0', '3.0')],
  [
    '200 without headers',
    (request) => sipAnswer(request, '200 OK', false),
    realUp('an answer to nobody proves nothing'),
  ],
  [
    '200 to another call',
    (request) => sipAnswer(request, '200 OK').replace(/^Call-ID: .*$/m, 'Call-ID: x'),
    realUp('it may be late, of a server that is dead by now'),
  ],
  ['another protocol', () => 'HTTP/1.1 400 Bad Request\r\n\r\n'],
];

/** Login, and the address of the one server. */
const KAMAILIO: readonly [string, string, Remarks?][] = [
  ['ldirectord@lab.test', '127.0.0.1'],
  ['ldirectord@lab.test', '::1'],
  ['closed@lab.test', '127.0.0.1'],
  ['closed@lab.test', '::1'],
  ['locked@lab.test', '127.0.0.1'],
  ['silent@lab.test', '127.0.0.1'],
  ['slow@lab.test', '127.0.0.1', realDown('100 says that the answer is to come')],
];

/** Servers that give each of the answers over that protocol. */
async function sipCases(t: Test, protocol: 'tcp' | 'udp'): Promise<VerdictCase[]> {
  const cases: VerdictCase[] = [];
  for (const [name, answer, remarks] of SIP_ANSWERS) {
    const { port } = await (protocol === 'tcp'
      ? rawServer(t, (socket) =>
          socket.once('data', (bytes) => socket.end(answer(`${bytes}`))),
        )
      : rawUdpServer(t, (bytes, reply) => reply(answer(`${bytes}`))));
    cases.push({ name, fields: { service: 'sip', protocol, port }, ...remarks });
  }
  return cases;
}

t.test('sip', lab('ldirectord', 'perl', 'kamailio', 'root'), async (t) => {
  const service = 'sip';
  const port = await startKamailio(t);
  for (const protocol of ['tcp', 'udp'] as const) {
    const cases = await sipCases(t, protocol);
    const nobody = protocol === 'tcp' ? 1 : await freeUdpPort();
    cases.push({ name: 'refused', fields: { service, protocol, port: nobody } });
    for (const [login, address, remarks] of KAMAILIO)
      cases.push({
        name: `kamailio, ${login}, ${address}`,
        fields: { service, protocol, address, port, login },
        ...remarks,
      });
    await compareVerdicts(t, `sip over ${protocol}`, cases);
  }
});
