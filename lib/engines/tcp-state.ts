import type { Connection } from '../model/traffic.ts';

/** Of a connection that the kernel forwards; `over`: it is only kept in mind. */
export type TcpState = Connection['state'] | 'over';

/** The kernel's words. What it is silent about is established.
 *  Source: net/netfilter/nf_conntrack_proto_tcp, net/netfilter/ipvs/ip_vs_proto_tcp. */
const STATES: Readonly<Record<string, TcpState>> = {
  NONE: 'opening',
  SYN_SENT: 'opening',
  SYN_SENT2: 'opening',
  SYN_RECV: 'opening',
  SYNACK: 'opening',
  FIN_WAIT: 'half-closed',
  CLOSE_WAIT: 'half-closed',
  LAST_ACK: 'closing',
  TIME_WAIT: 'over',
  CLOSE: 'over',
};

export function tcpState(word: string | undefined): TcpState {
  return STATES[word ?? ''] ?? 'open';
}
