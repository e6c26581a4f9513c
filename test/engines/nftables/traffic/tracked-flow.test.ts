import t from 'tap';
import { flowEvent } from '../../../../lib/engines/nftables/picking/conntrack-line.ts';
import {
  nameOf,
  trackedFlow,
} from '../../../../lib/engines/nftables/traffic/tracked-flow.ts';

const TO = 'src=10.1.1.100 dst=10.1.1.19 sport=4711 dport=80';
const FROM = 'src=10.1.1.21 dst=10.1.1.100 sport=80 dport=4711';

function seen(line: string) {
  const flow = flowEvent(line)?.flow;
  return flow && trackedFlow(flow, line);
}

// As conntrack 1.4.7 prints them.
for (const [line, told] of [
  [
    `tcp      6 431999 ESTABLISHED ${TO} packets=4 bytes=219 ${FROM} packets=3 bytes=167 [ASSURED] mark=0 delta-time=7 use=1 id=1397281389`,
    { state: 'open', ageSeconds: 7, bytesIn: 219, bytesOut: 167 },
  ],
  [
    `tcp      6 119 TIME_WAIT ${TO} ${FROM} [ASSURED] mark=0 use=1 id=2`,
    { state: 'over', ageSeconds: null, bytesIn: null, bytesOut: null },
  ],
  [`tcp      6 5 SYN_SENT ${TO} [UNREPLIED] ${FROM} use=1 id=3`, { state: 'opening' }],
  [`tcp      6 5 LAST_ACK ${TO} ${FROM} use=1 id=8`, { state: 'closing' }],
  [`tcp      6 5 CLOSE_WAIT ${TO} ${FROM} use=1 id=4`, { state: 'half-closed' }],
  [`tcp      6 ${TO} ${FROM} [OFFLOAD] mark=0 use=2 id=5`, { state: 'open' }],
  [`udp      17 29 ${TO} [UNREPLIED] ${FROM} use=1 id=6`, { state: 'opening' }],
  [`udp      17 29 ${TO} ${FROM} use=1 id=7`, { state: 'open' }],
] as const)
  t.test(`a line is read: ${line.slice(0, 40)}`, async (t) => {
    const flow = seen(line);
    t.match(flow, { client: '10.1.1.100', clientPort: 4711, ...told });
    t.equal(flow && nameOf(flow), `f${/id=(\d+)/.exec(line)?.[1]}-4711`);
  });
