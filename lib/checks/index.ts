import type { Check } from '../model/check.ts';
import { missingPackage } from '../model/packages.ts';
import type { CheckType, CheckWord, Protocol } from '../model/virtual-service.ts';

/** A check that was loaded; `close` ends what it shares between targets (raw sockets). */
export type LoadedCheck = Check & { readonly close?: () => void };

/** How long one check may take: the value in force of that directive. */
export type TimeoutDirective = 'checktimeout' | 'negotiatetimeout';

interface CheckTypeRow {
  readonly summary: string;
  readonly timeout?: TimeoutDirective;
  /** npm package that it loads when first needed. */
  readonly package?: string;
  /** Absent: the service decides (negotiate), or nothing is checked (off).
   *  Rejects with the reason and the mend when something it needs is missing. */
  readonly load?: () => Promise<LoadedCheck>;
}

interface ServiceRow {
  readonly summary: string;
  /** Standard port: chooses the service of a virtual service that names none, and is
   *  checked where neither checkport nor the real server gives one. Absent: none. */
  readonly port?: number;
  readonly timeout: TimeoutDirective;
  readonly package?: string;
  readonly load: () => Promise<LoadedCheck>;
}

/** Every `checktype` word. A number N is the combined form: one negotiate, N connects. */
export const CHECK_TYPES: Readonly<Record<CheckWord, CheckTypeRow>> = {
  connect: {
    summary: 'a TCP connection can be made; for UDP an ICMP echo is answered',
    timeout: 'checktimeout',
    load: async () => (await import('./connect.ts')).connectCheck,
  },
  negotiate: { summary: 'request and receive in the words of the service' },
  ping: {
    summary: 'an ICMP echo is answered',
    timeout: 'checktimeout',
    package: 'net-ping',
    load: async () => (await import('./ping.ts')).openPing(),
  },
  off: { summary: 'never checked, never up' },
  on: { summary: 'always up, never checked', load: loadAlwaysUp },
  external: {
    summary: 'a command exits with 0',
    timeout: 'checktimeout',
    load: async () => (await import('./external.ts')).externalCheck,
  },
  'external-perl': {
    summary: 'a Perl script ends, or exits with 0',
    timeout: 'checktimeout',
    load: async () => (await import('./external-perl.ts')).externalPerlCheck,
  },
};

/** Every `service` name. Source: ldirectord(8), observed for the ports. */
export const SERVICES = {
  dns: {
    summary: 'a name is resolved',
    port: 53,
    timeout: 'negotiatetimeout',
    package: 'dns-packet',
    load: async () => (await import('./services/dns.ts')).dnsCheck,
  },
  ftp: {
    summary: 'a file is fetched',
    port: 21,
    timeout: 'negotiatetimeout',
    load: async () => (await import('./services/ftp.ts')).ftpCheck,
  },
  http: {
    summary: 'a page is fetched',
    port: 80,
    timeout: 'negotiatetimeout',
    load: loadHttp,
  },
  https: {
    summary: 'a page is fetched over TLS',
    port: 443,
    timeout: 'negotiatetimeout',
    load: loadHttp,
  },
  http_proxy: {
    summary: 'a page is fetched through a proxy',
    port: 3128,
    timeout: 'negotiatetimeout',
    load: async () => (await import('./services/http-proxy.ts')).httpProxyCheck,
  },
  imap: {
    summary: 'greeting and login',
    port: 143,
    timeout: 'negotiatetimeout',
    load: loadImap,
  },
  imaps: {
    summary: 'greeting and login over TLS',
    port: 993,
    timeout: 'negotiatetimeout',
    load: loadImap,
  },
  ldap: {
    summary: 'one entry is found',
    port: 389,
    timeout: 'checktimeout',
    load: loadLdap,
  },
  ldaps: {
    summary: 'one entry is found over TLS',
    port: 636,
    timeout: 'checktimeout',
    load: loadLdap,
  },
  mysql: {
    summary: 'a query yields rows',
    port: 3306,
    timeout: 'negotiatetimeout',
    package: 'mysql2',
    load: async () => (await import('./services/mysql.ts')).mysqlCheck,
  },
  nntp: {
    summary: 'greeting',
    port: 119,
    timeout: 'negotiatetimeout',
    load: async () => (await import('./services/nntp.ts')).nntpCheck,
  },
  none: {
    summary: 'nothing: always up',
    timeout: 'negotiatetimeout',
    load: loadAlwaysUp,
  },
  oracle: {
    summary: 'a query yields rows',
    port: 1521,
    timeout: 'negotiatetimeout',
    package: 'oracledb',
    load: async () => (await import('./services/oracle.ts')).oracleCheck,
  },
  pgsql: {
    summary: 'a query yields rows',
    port: 5432,
    timeout: 'negotiatetimeout',
    load: async () => (await import('./services/pgsql.ts')).pgsqlCheck,
  },
  pop: { summary: 'login', port: 110, timeout: 'negotiatetimeout', load: loadPop },
  pops: {
    summary: 'login over TLS',
    port: 995,
    timeout: 'negotiatetimeout',
    load: loadPop,
  },
  radius: {
    summary: 'a login is accepted',
    port: 1812,
    timeout: 'checktimeout',
    load: async () => (await import('./services/radius.ts')).radiusCheck,
  },
  simpletcp: {
    summary: 'a line that matches comes back',
    timeout: 'negotiatetimeout',
    load: async () => (await import('./services/simpletcp.ts')).simpletcpCheck,
  },
  sip: {
    summary: 'OPTIONS is answered',
    port: 5060,
    timeout: 'negotiatetimeout',
    load: async () => (await import('./services/sip.ts')).sipCheck,
  },
  smtp: {
    summary: 'greeting and EHLO',
    port: 25,
    timeout: 'negotiatetimeout',
    load: loadSmtp,
  },
  submission: {
    summary: 'greeting and EHLO',
    port: 587,
    timeout: 'negotiatetimeout',
    load: loadSmtp,
  },
} as const satisfies Record<string, ServiceRow>;

export type ServiceName = keyof typeof SERVICES;

/** The row of a service name; undefined for a name that is none. */
export function serviceNamed(name: string): ServiceRow | undefined {
  return Object.hasOwn(SERVICES, name) ? SERVICES[name as ServiceName] : undefined;
}

/** Why checks of that kind cannot be made here: the npm package that is missing, with the
 *  command that installs it; undefined when they can. Their servers stay down and unchecked. */
export function unavailable(
  checktype: CheckType,
  service: string,
  protocol: Protocol,
): string | undefined {
  const combined = typeof checktype === 'number';
  const over = protocol === 'udp' && checktype !== 'ping' ? ' over UDP' : '';
  const needs = [
    [
      `service ${service}`,
      combined || checktype === 'negotiate' ? serviceNamed(service) : undefined,
    ],
    [
      `checktype ${checktype}${over}`,
      checkTypeRow(combined ? 'connect' : checktype, protocol),
    ],
  ] as const;
  for (const [what, row] of needs) {
    const missing = row?.package && missingPackage(row.package);
    if (missing) return `${what} needs ${missing}`;
  }
  return undefined;
}

/** The row that holds for a protocol. A UDP port answers no handshake: its server is asked by
 *  ICMP, as ldirectord does. */
export function checkTypeRow(word: CheckWord, protocol: Protocol): CheckTypeRow {
  return CHECK_TYPES[word === 'connect' && protocol === 'udp' ? 'ping' : word];
}

async function loadAlwaysUp(): Promise<LoadedCheck> {
  return (await import('./always-up.ts')).alwaysUp;
}

async function loadHttp(): Promise<LoadedCheck> {
  return (await import('./services/http.ts')).httpCheck;
}

async function loadImap(): Promise<LoadedCheck> {
  return (await import('./services/imap.ts')).imapCheck;
}

async function loadLdap(): Promise<LoadedCheck> {
  return (await import('./services/ldap.ts')).ldapCheck;
}

async function loadPop(): Promise<LoadedCheck> {
  return (await import('./services/pop.ts')).popCheck;
}

async function loadSmtp(): Promise<LoadedCheck> {
  return (await import('./services/smtp.ts')).smtpCheck;
}
