/** A connection that the kernel tracks and whose destination it rewrote. */
export interface Flow {
  /** The kernel's number for it, the same in all that is told of it. 32 bits of a hash: two of
   *  100,000 may share one. */
  readonly id: number;
  readonly protocol: 'tcp' | 'udp';
  /** What the client sent to: address as inet_ntop(3) writes it. */
  readonly address: string;
  readonly port: number;
  /** Who answers: the real server. */
  readonly server: string;
  readonly serverPort: number;
  /** TCP: established. UDP: both sides have gone on talking for some seconds ("assured"). */
  readonly active: boolean;
  /** The server has answered it through this host. */
  readonly answered: boolean;
}

export interface FlowEvent {
  /** `known`: from a dump, which tells what is, not what happens. */
  readonly kind: 'new' | 'update' | 'destroy' | 'known';
  readonly flow: Flow;
}

const KINDS = { NEW: 'new', UPDATE: 'update', DESTROY: 'destroy' } as const;

const LINE = new RegExp(
  [
    /^\s*(?:\[(?<kind>NEW|UPDATE|DESTROY)\]\s+)?/,
    /(?<protocol>tcp|udp)\s+\d+\s+(?:\d+\s+)?(?:(?<state>[A-Z]\w*)\s+)?/,
    /src=\S+ dst=(?<address>\S+) sport=\d+ dport=(?<port>\d+)(?<asked>\s.*?)/,
    /src=(?<server>\S+) dst=\S+ sport=(?<serverPort>\d+) dport=\d+(?<rest>\s.*)$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

/** A line of `conntrack -E -o id` or `conntrack -L -o id`; undefined for one that is not of a TCP
 *  or UDP flow. Source: conntrack(8), observed with 1.4.7. */
export function flowEvent(line: string): FlowEvent | undefined {
  const found = LINE.exec(line)?.groups;
  if (!found) return undefined;
  const { kind, protocol, state, address, port, asked, server, serverPort, rest } =
    found;
  const id = /\sid=(\d+)/.exec(rest ?? '')?.[1];
  if (id === undefined) return undefined;
  return {
    kind: kind === undefined ? 'known' : KINDS[kind as keyof typeof KINDS],
    flow: {
      id: Number(id),
      protocol: protocol === 'tcp' ? 'tcp' : 'udp',
      address: address ?? '',
      port: Number(port),
      server: server ?? '',
      serverPort: Number(serverPort),
      active:
        protocol === 'tcp' ? state === 'ESTABLISHED' : /\[ASSURED\]/.test(rest ?? ''),
      answered: asked?.includes('[UNREPLIED]') === false,
    },
  };
}
