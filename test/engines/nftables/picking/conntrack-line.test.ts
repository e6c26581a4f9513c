import t from 'tap';
import { flowEvent } from '../../../../lib/engines/nftables/picking/conntrack-line.ts';

const TUPLES =
  'src=10.1.1.9 dst=10.1.1.19 sport=46012 dport=80 {1}src=10.1.2.21 dst=10.1.1.9 sport=8080 dport=46012{2} id=3045621789';

function tcp(head: string, first = '', second = ''): string {
  return head + TUPLES.replace('{1}', first).replace('{2}', second);
}

const WEB = {
  id: 3045621789,
  protocol: 'tcp',
  address: '10.1.1.19',
  port: 80,
  server: '10.1.2.21',
  serverPort: 8080,
  answered: true,
} as const;

const LINES = [
  {
    name: 'a new connection',
    line: tcp('    [NEW] tcp      6 120 SYN_SENT ', '[UNREPLIED] '),
    event: { kind: 'new', flow: { ...WEB, active: false, answered: false } },
  },
  {
    name: 'an established one',
    line: tcp(' [UPDATE] tcp      6 432000 ESTABLISHED ', '', ' [ASSURED]'),
    event: { kind: 'update', flow: { ...WEB, active: true } },
  },
  {
    name: 'a half-closed one, which stays assured',
    line: tcp(' [UPDATE] tcp      6 120 FIN_WAIT ', '', ' [ASSURED]'),
    event: { kind: 'update', flow: { ...WEB, active: false } },
  },
  {
    name: 'the end of one, without time and state',
    line: tcp('[DESTROY] tcp      6 ', '', ' [ASSURED]'),
    event: { kind: 'destroy', flow: { ...WEB, active: false } },
  },
  {
    name: 'the end of one, with its last state',
    line: tcp('[DESTROY] tcp      6 CLOSE ', '', ' [ASSURED]'),
    event: { kind: 'destroy', flow: { ...WEB, active: false } },
  },
  {
    name: 'the end of one that nobody answered',
    line: tcp('[DESTROY] tcp      6 ', '[UNREPLIED] '),
    event: { kind: 'destroy', flow: { ...WEB, active: false, answered: false } },
  },
  {
    name: 'one of a dump, with packets counted',
    line: tcp(
      'tcp      6 431999 ESTABLISHED ',
      'packets=3 bytes=180 ',
      ' packets=2 bytes=112 [ASSURED] mark=0 use=1',
    ),
    event: { kind: 'known', flow: { ...WEB, active: true } },
  },
  {
    name: 'a question over UDP',
    line: ' [UPDATE] udp      17 30 src=2001:db8::9 dst=2001:db8::19 sport=9 dport=53 src=2001:db8::2:21 dst=2001:db8::9 sport=5353 dport=9 id=7',
    event: {
      kind: 'update',
      flow: {
        id: 7,
        protocol: 'udp',
        address: '2001:db8::19',
        port: 53,
        server: '2001:db8::2:21',
        serverPort: 5353,
        active: false,
        answered: true,
      },
    },
  },
  {
    name: 'UDP that goes on',
    line: ' [UPDATE] udp      17 120 src=10.1.1.9 dst=10.1.1.19 sport=9 dport=53 src=10.1.2.21 dst=10.1.1.9 sport=53 dport=9 [ASSURED] id=8',
    event: {
      kind: 'update',
      flow: { ...WEB, id: 8, protocol: 'udp', port: 53, serverPort: 53, active: true },
    },
  },
] as const;

for (const { name, line, event } of LINES)
  t.test(name, async (t) => t.same(flowEvent(line), event));

t.test('what is no flow of these is nothing', async (t) => {
  for (const line of [
    '',
    'conntrack v1.4.7 (conntrack-tools): 2 flow entries have been shown.',
    '    [NEW] icmp     1 30 src=10.1.1.9 dst=10.1.1.19 type=8 code=0 id=1 src=10.1.1.19 dst=10.1.1.9 type=0 code=0 id=1 id=99',
    tcp('    [NEW] sctp     132 10 '),
    tcp(' [UPDATE] tcp      6 432000 ESTABLISHED ').replace(/ id=.*/, ''),
    `${'tcp 6 src='.repeat(90)}`,
  ])
    t.equal(flowEvent(line), undefined, line);
});
