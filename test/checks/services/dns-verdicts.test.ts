import { decode, encode } from 'dns-packet';
import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { startNamed } from '../../lab/servers/named.ts';
import { pattern } from '../../support/check-target.ts';
import { compareVerdicts, type VerdictCase } from '../../support/compare-verdicts.ts';
import { lab } from '../../support/lab.ts';
import { rawServer } from '../../support/raw-server.ts';
import { freeUdpPort, rawUdpServer } from '../../support/raw-udp-server.ts';

const ADDRESS = '192.0.2.80';
const WWW = pattern('^192\\.0\\.2\\.80$');
const NAME = pattern('^www\\.lab\\.test$');

/** The answer of a name server that may be wrong in some ways. */
function answerTo(question: Buffer, id = 0, name = 'www.lab.test', flags = 0): Buffer {
  return encode({
    type: 'response',
    id: (decode(question).id ?? 0) ^ id,
    flags,
    questions: [{ type: 'A', name }],
    answers: [{ type: 'A', name, ttl: 60, data: ADDRESS }],
  });
}

t.test('dns', lab('ldirectord', 'perl', 'named', 'root'), async (t) => {
  const port = await startNamed(t, [
    {
      name: 'lab.test',
      records: [
        'ns A 192.0.2.53',
        'www A 192.0.2.80',
        'www AAAA 2001:db8::80',
        'six AAAA 2001:db8::80',
        'alias CNAME www',
        'text TXT "192.0.2.80"',
        ...Array.from({ length: 60 }, (_, index) => `many A 192.0.2.${index + 1}`),
      ],
    },
    { name: 'single', records: ['@ A 192.0.2.80'] },
    { name: '2.0.192.in-addr.arpa', records: ['80 PTR www.lab.test.'] },
    {
      name: '8.b.d.0.1.0.0.2.ip6.arpa',
      records: [`0.8.${'0.'.repeat(21)}0 PTR www.lab.test.`],
    },
  ]);
  const cases: VerdictCase[] = [];
  const base = { service: 'dns', request: '/www.lab.test', receive: WWW } as const;
  function add(
    name: string,
    fields: Partial<CheckTarget>,
    more: Pick<VerdictCase, 'differs'> = {},
  ) {
    cases.push({ name, fields: { ...base, port, ...fields }, ...more });
  }
  for (const protocol of ['udp', 'tcp'] as const) {
    const over = (fields: Partial<CheckTarget>) => ({ protocol, ...fields });
    add(`an address, ${protocol}`, over({}));
    add(`an address, ${protocol}, IPv6`, over({ address: '::1' }));
    add(`another address, ${protocol}`, over({ receive: pattern('^10\\.') }));
    add(`an alias, ${protocol}`, over({ request: '/alias.lab.test' }));
    add(
      `a long answer, ${protocol}`,
      over({ request: '/many.lab.test', receive: pattern('\\.60$') }),
    );
    add(`no such name, ${protocol}`, over({ request: '/none.lab.test' }));
    add(`no address, ${protocol}`, over({ request: '/text.lab.test' }));
    add(`a foreign zone, ${protocol}`, over({ request: '/www.example.com' }));
    add(`a name by IPv4, ${protocol}`, over({ request: `/${ADDRESS}`, receive: NAME }));
    add(
      `a name by IPv6, ${protocol}`,
      over({ request: '/2001:db8::80', receive: NAME }),
    );
    add(`no receive, ${protocol}`, over({ receive: undefined }));
    add(`no request, ${protocol}`, over({ request: '/' }));
    add(`nobody listens, ${protocol}`, over({ port: await freeUdpPort() }));
  }
  const udp = { protocol: 'udp' } as const;
  add(
    'IPv6 addresses only',
    { ...udp, request: '/six.lab.test', receive: pattern('^2001:db8::80$') },
    { differs: { real: false, why: 'IPv6 addresses count' } },
  );
  add('IPv6 wanted where there is IPv4', { ...udp, receive: pattern('^2001:') });
  add('a name without a dot', { ...udp, request: '/single' });
  for (const [what, answer, differs] of [
    ['another id', (question: Buffer) => answerTo(question, 1), undefined],
    ['another protocol', () => 'SSH-2.0-OpenSSH_9.2p1\r\n', undefined],
    [
      'half an answer',
      (question: Buffer) => answerTo(question).subarray(0, -2),
      undefined,
    ],
    [
      'the answer to another question',
      (question: Buffer) => answerTo(question, 0, 'other.lab.test'),
      { real: true, why: 'it is no answer to ours' },
    ],
    [
      'an address, and SERVFAIL',
      (question: Buffer) => answerTo(question, 0, 'www.lab.test', 2),
      { real: true, why: 'a server that reports an error does not work' },
    ],
  ] as const) {
    const server = await rawUdpServer(t, (question, reply) => reply(answer(question)));
    add(what, { ...udp, port: server.port }, differs ? { differs } : {});
  }
  const silent = await rawServer(t, () => {});
  add('silence, tcp', { protocol: 'tcp', port: silent.port });
  const closing = await rawServer(t, (socket) => socket.end());
  add('an end, tcp', { protocol: 'tcp', port: closing.port });
  await compareVerdicts(t, 'dns', cases);
});
