/** Every name that `service=` takes, with the port that is its own; undefined: it has none.
 *  Source: ldirectord(8), observed. */
export const SERVICE_PORTS = {
  dns: 53,
  ftp: 21,
  http: 80,
  https: 443,
  http_proxy: 3128,
  imap: 143,
  imaps: 993,
  ldap: 389,
  ldaps: 636,
  mysql: 3306,
  nntp: 119,
  none: undefined,
  oracle: 1521,
  pgsql: 5432,
  pop: 110,
  pops: 995,
  radius: 1812,
  simpletcp: undefined,
  sip: 5060,
  smtp: 25,
  submission: 587,
} as const satisfies Record<string, number | undefined>;

export type ServiceName = keyof typeof SERVICE_PORTS;

export const SERVICE_NAMES = Object.keys(SERVICE_PORTS) as readonly ServiceName[];

const BY_PORT = new Map(
  SERVICE_NAMES.map((name) => [String(SERVICE_PORTS[name]), name] as const),
);

/** The service of a virtual service that names none.
 *  @param port  as written: `0080` has none */
export function serviceByPort(port: string): ServiceName {
  return BY_PORT.get(port) ?? 'none';
}
