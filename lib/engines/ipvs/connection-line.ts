/** A connection in IPVS's table, or where the client's port is 0 a persistence template. */
export interface KernelConnection {
  /** Of a template that a firewall mark led to `IP`. */
  readonly protocol: 'TCP' | 'UDP' | 'IP';
  /** Until it goes, when no packet of it comes. */
  readonly expiresSeconds: number;
  readonly state: string;
  readonly client: Place;
  /** What the client asked for; of a marked template the mark as an address. */
  readonly virtual: Place;
  readonly destination: Place;
}

export interface Place {
  readonly address: string;
  readonly port: number;
}

/** A line of `ipvsadm -L -n -c`; undefined for one that is none, and for other protocols.
 *  Source: observed with ipvsadm 1.31; net/netfilter/ipvs/ip_vs_conn, ip_vs_conn_seq_show. */
export function connectionLine(line: string): KernelConnection | undefined {
  const [protocol, expires = '', state = '', ...places] = line.trim().split(/ +/);
  if (protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'IP') return undefined;
  const [client, virtual, destination] = places.map(placeOf);
  const [, minutes, seconds] = /^(\d+):(\d\d)$/.exec(expires) ?? [];
  if (!client || !virtual || !destination || minutes === undefined) return undefined;
  const expiresSeconds = Number(minutes) * 60 + Number(seconds);
  return { protocol, expiresSeconds, state, client, virtual, destination };
}

function placeOf(word: string): Place | undefined {
  const [, six, four, port] = /^(?:\[([^\]]+)\]|([\d.]+)):(\d+)$/.exec(word) ?? [];
  return port === undefined
    ? undefined
    : { address: six ?? four ?? '', port: Number(port) };
}
