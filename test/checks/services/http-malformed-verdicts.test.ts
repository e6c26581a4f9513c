import t from 'tap';
import { pattern } from '../../support/check-target.ts';
import { compareVerdicts, type VerdictCase } from '../../support/compare-verdicts.ts';
import { lab } from '../../support/lab.ts';
import { rawServer, saying } from '../../support/raw-server.ts';

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const CHUNKS = '5\r\nTest \r\n4\r\nPage\r\n0\r\n\r\n';
const lengths = (...values: readonly string[]) =>
  `${OK}${values.map((value) => `Content-Length: ${value}\r\n`).join('')}\r\nTest Page`;
const coded = (codings: string, body = CHUNKS) =>
  `${OK}Transfer-Encoding: ${codings}\r\n\r\n${body}`;
const redirect = (to: string) => `HTTP/1.1 302 x\r\nLocation: ${to}\r\n\r\n`;

type Differs = VerdictCase['differs'];
const contradicted: Differs = {
  real: true,
  why: 'lengths that differ are an error: RFC 9112, 6.3',
};
const bytes: Differs = { real: false, why: 'the bytes are what counts' };
const noServer: Differs = { real: true, why: 'that page comes from no server' };

/** What is answered, and the reason where the verdicts differ: with a receive, and without one. */
const ANSWERS: readonly [string, string, Differs?, Differs?][] = [
  ['two lengths that agree', lengths('9', '9')],
  ['two lengths, the first is right', lengths('9', '4'), undefined, contradicted],
  ['two lengths, the second is right', lengths('4', '9'), contradicted, contradicted],
  ['a list of lengths that agree', lengths('9, 9')],
  ['a list of lengths that differ', lengths('9, 4'), contradicted, contradicted],
  [
    'a list of lengths that agree, and are too short',
    lengths('4, 4'),
    { real: true, why: 'a list that agrees is a length: RFC 9112, 6.3' },
  ],
  ['a length with words', lengths('2 x')],
  ['a length with a sign', lengths('+4')],
  ['a length below 0', lengths('-4')],
  ['a length with a fraction', lengths('4.5')],
  ['a length that is no number', lengths('x')],
  ['a length of nothing', lengths('')],
  ['a blank line before a chunk', `${CHUNKED}\r\n${CHUNKS}`],
  ['a blank line between chunks', `${CHUNKED}5\r\nTest \r\n\r\n4\r\nPage\r\n0\r\n\r\n`],
  ['a blank before a size', `${CHUNKED} 9\r\nTest Page\r\n0\r\n\r\n`],
  ['a blank after a size', `${CHUNKED}9 \r\nTest Page\r\n0\r\n\r\n`],
  ['a blank after a size and extension', `${CHUNKED}9 ; a=b\r\nTest Page\r\n0\r\n\r\n`],
  ['words after a size', `${CHUNKED}9 x\r\nTest Page\r\n0\r\n\r\n`],
  ['words at a size', `${CHUNKED}9x\r\nTest Page\r\n0\r\n\r\n`],
  ['an extension of a chunk', `${CHUNKED}9;a=b\r\nTest Page\r\n0\r\n\r\n`],
  ['no line end after a chunk', `${CHUNKED}5\r\nTest 4\r\nPage0\r\n\r\n`],
  ['no line end after the only chunk', `${CHUNKED}9\r\nTest Page0\r\n\r\n`],
  ['bare line ends of chunks', `${CHUNKED}5\nTest \n4\nPage\n0\n\n`],
  ['a size with a sign', `${CHUNKED}+9\r\nTest Page\r\n0\r\n\r\n`],
  ['a size in the style of C', `${CHUNKED}0x9\r\nTest Page\r\n0\r\n\r\n`],
  ['codings: identity', coded('identity', 'Test Page'), bytes],
  ['codings: identity, in chunks', coded('identity')],
  ['codings: chunked, x', coded('chunked, x', 'Test Page'), bytes],
  ['codings: chunked, x, in chunks', coded('chunked, x')],
  ['codings: x, chunked', coded('x, chunked'), bytes],
  ['codings: chunked, chunked', coded('chunked, chunked')],
  ['codings: CHUNKED', coded('CHUNKED')],
  ['codings: chunked;q=1', coded('chunked;q=1')],
  ['codings: chunked, then x', coded('chunked\r\nTransfer-Encoding: x')],
  ['codings: x, then chunked', coded('x\r\nTransfer-Encoding: chunked'), bytes],
  ['a coding and a length', coded('x\r\nContent-Length: 4', 'Test Page'), bytes],
  ['codings and a length', coded('chunked\r\nContent-Length: 4')],
  ['a redirect to data', redirect('data:,Test%20Page'), noServer, noServer],
  ['a redirect to a file', redirect('file:///etc/hostname')],
  ['a redirect to port 0', redirect('http://127.0.0.1:0/')],
];

t.test('malformed answers', lab('ldirectord', 'perl'), async (t) => {
  const cases: VerdictCase[] = [];
  const matching = { receive: pattern('^Test Page$') };
  for (const [name, answer, differs, differsWithout] of ANSWERS) {
    const { port } = await rawServer(t, saying(answer));
    for (const [what, fields, reason] of [
      [name, matching, differs],
      [`${name}, no receive`, {}, differsWithout],
    ] as const)
      cases.push({
        name: what,
        fields: { port, ...fields },
        ...(reason ? { differs: reason } : {}),
      });
  }
  await compareVerdicts(t, 'http, malformed', cases);
});
