import type { Connection } from '../model/traffic.ts';

/** The kernel's states of a TCP connection that it forwards. What it is silent about is established.
 *  Source: net/netfilter/nf_conntrack_proto_tcp, net/netfilter/ipvs/ip_vs_proto_tcp. */
const STATES: Readonly<Record<string, Connection['state']>> = {
  NONE: 'opening',
  SYN_SENT: 'opening',
  SYN_SENT2: 'opening',
  SYN_RECV: 'opening',
  SYNACK: 'opening',
  FIN_WAIT: 'half-closed',
  CLOSE_WAIT: 'half-closed',
  LAST_ACK: 'closing',
  TIME_WAIT: 'closing',
  CLOSE: 'closing',
};

export function tcpState(word: string | undefined): Connection['state'] {
  return STATES[word ?? ''] ?? 'open';
}
