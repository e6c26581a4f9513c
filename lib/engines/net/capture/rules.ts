/** A service whose connections are led to a port of ours at the same address. */
export interface Capture {
  readonly address: string;
  /** Where clients connect to, and where the listener is. */
  readonly port: number;
  readonly listensAt: number;
}

/** Before those that publish ports by NAT, which take the usual -100. */
const PRIORITY = -105;

/** The one table of a director: its letters that nft does not read back as their codes. */
export function captureTable(instance: string): string {
  const plain = instance.replace(
    /[^A-Za-z0-9.-]/g,
    (char) => `_${char.codePointAt(0)?.toString(16)}_`,
  );
  return `l4director-capture_${plain}`;
}

/** What nft is told so that the table is as these captures want it, in one transaction whatever was
 *  there before. Only what is for this host is taken, and of it what opens a connection: one that
 *  somebody else has already goes on. Source: nft(8). */
export function captureScript(table: string, captures: readonly Capture[]): string {
  const rules = FAMILIES.map(
    ({ family, map }) =>
      `    fib daddr type local tcp flags & (fin | syn | rst | ack) == syn dnat ${family} to ${family} daddr . tcp dport map @${map}\n`,
  ).join('');
  const chains = ['prerouting', 'output'].map(
    (hook) => `  chain ${hook} {
    type nat hook ${hook} priority ${PRIORITY}; policy accept;
${rules}  }
`,
  );
  return `table inet ${table}
delete table inet ${table}
table inet ${table} {
${FAMILIES.map((family) => mapOf(family, captures)).join('')}${chains.join('')}}
`;
}

const FAMILIES = [
  { family: 'ip', map: 'services-ip', type: 'ipv4_addr', ours: isIpv4 },
  { family: 'ip6', map: 'services-ip6', type: 'ipv6_addr', ours: isIpv6 },
] as const;

function mapOf(
  { map, type, ours }: (typeof FAMILIES)[number],
  captures: readonly Capture[],
): string {
  const elements = captures
    .filter(ours)
    .map(({ address, port, listensAt }) => {
      const bare = address.split('%')[0]; // A rule holds no zone.
      return `${bare} . ${port} : ${bare} . ${listensAt}`;
    })
    .join(', ');
  return `  map ${map} {
    type ${type} . inet_service : ${type} . inet_service
${elements === '' ? '' : `    elements = { ${elements} }\n`}  }
`;
}

function isIpv6({ address }: Capture): boolean {
  return address.includes(':');
}

function isIpv4(capture: Capture): boolean {
  return !isIpv6(capture);
}
