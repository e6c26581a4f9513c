import { endpoint, type Family } from './address.ts';
import type { FileEncoding } from './file-text.ts';
import type { Pattern } from './pattern.ts';
import type { ProxyVersion } from './proxy-header.ts';
import type { RealsFrom } from './reals-from.ts';

export type Protocol = 'tcp' | 'udp' | 'fwm';
export type ForwardingMethod = 'gate' | 'masq' | 'ipip';
export type CheckWord =
  | 'connect'
  | 'negotiate'
  | 'ping'
  | 'off'
  | 'on'
  | 'external'
  | 'external-perl';
/** A word, or N of the combined form: one negotiate, then N connects. 0 = always negotiate. */
export type CheckType = CheckWord | number;
export type EngineName = 'net' | 'nftables' | 'ipvs' | 'auto';

/** A real server as its line in the file, or the answer to its name, says, before the destination-port
 *  rule. */
export interface RealServer {
  /** `10.1.1.21:80`, with the configured port: what logs and status call it. */
  readonly id: string;
  /** Line in the file, from 1; of one of the reserve in the ini; 0: it has none. */
  readonly line: number;
  /** Numeric, no brackets. */
  readonly address: string;
  /** As configured; 0 = none given. See {@link destinationPort}. */
  readonly port: number;
  readonly method: ForwardingMethod;
  /** 0 or more; 0 = no new connections. */
  readonly weight: number;
  /** Its own request and receive, where the line has the pair; else the service's hold. */
  readonly request?: string;
  readonly receive?: Pattern;
  /** Thresholds in connections; 0 = none. */
  readonly lower: number;
  readonly upper: number;
  /** The name of `reals-from` that it answers to; absent: it has a line in the file. */
  readonly from?: string;
  /** It is of the reserve; absent: it takes clients whenever it is up. */
  readonly role?: ReserveRole;
}

/** A spare steps in for a real server that takes no clients, a fallback when nobody else is up. Both are
 *  checked as real servers are. */
export type ReserveRole = 'spare' | 'fallback';

/** The server of last resort. Always weight 1. */
export interface Fallback {
  readonly address: string;
  /** Resolved: never 0 unless the service itself has no port. */
  readonly port: number;
  readonly method: ForwardingMethod;
}

/** So many in a time. */
export interface Rate {
  readonly connections: number;
  readonly windowMs: number;
}

/** Where TLS clients who ask for a name are led. */
export interface SniRoute {
  /** Of `hostPattern`: `www.example.com`, or `*.example.org`. */
  readonly name: string;
  /** The other service's id. */
  readonly service: string;
}

/** Where no `keepalive` is written. */
export const KEEPALIVE_MS = 60_000;

/** What `l4director.ini` sets for one service (`[net]`, `[checks]`, `[alerts]`, `[log]`, overridden in
 *  `[service ID]`). */
export interface ServiceOptions {
  readonly engine: EngineName;
  /** Whether the kernel replaces the client's address by the director's, so that the real server
   *  answers through it. */
  readonly snat: boolean;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly halfClosedTimeoutMs: number;
  readonly udpIdleTimeoutMs: number;
  readonly udpAnswerTimeoutMs: number;
  /** The kernel leads its clients to a port of the net engine's, whoever else listens on its own. */
  readonly capture: boolean;
  /** What becomes of the connections of a server that is down; undefined: what `quiescent` says. */
  readonly onDown: 'keep' | 'kill' | undefined;
  /** A connection ends at that age, or by that share of it later, 0 to 1; undefined: at none. */
  readonly maxAgeMs: number | undefined;
  readonly maxAgeJitter: number;
  /** What is open at a server that an operator takes out ends after that time; undefined: by itself. */
  readonly drainDeadlineMs: number | undefined;
  /** So many connections a second move to a server that came back; undefined: none. */
  readonly rebalance: number | undefined;
  /** Addresses that connections to real servers come from; none: the kernel chooses. */
  readonly source: readonly string[];
  /** From so long without a byte on the kernel asks peers if they live; Infinity: never. */
  readonly keepaliveMs: number;
  readonly tlsVerify: boolean;
  /** PEM file with further authorities; undefined: the system's only. */
  readonly tlsCa: string | undefined;
  /** A certificate is reported when it expires within that many days. */
  readonly tlsExpiryDays: number;
  /** Largest body a negotiate check reads, in bytes; past it the server is down. */
  readonly bodyLimit: number;
  /** Port of an agent on each real server; 0: none is asked. */
  readonly agentPort: number;
  /** How often it is asked; undefined: as often as the server is checked. */
  readonly agentIntervalMs: number | undefined;
  /** What it is sent, as bytes of one character each; empty: nothing. */
  readonly agentSend: string;
  /** Changes of one round of checks go into one mail. */
  readonly digest: boolean;
  /** Where its changes of state are posted; undefined: nowhere. It may be a secret itself: nothing shows
   *  more of it than scheme, host and port. */
  readonly webhook: string | undefined;
  /** File with the secret that they are signed with; undefined: they are not. */
  readonly webhookSecretFile: string | undefined;
  /** PEM file with further authorities; undefined: the system's only. */
  readonly webhookCa: string | undefined;
  /** For one attempt, and for all of one change. */
  readonly webhookTimeoutMs: number;
  readonly webhookRetryForMs: number;
  /** Absolute path of a program that is run at each; undefined: none. */
  readonly command: string | undefined;
  readonly commandTimeoutMs: number;
  /** Its TCP connections have a line in the connection log; with `dontlognull` not those on which the
   *  client sent nothing and no server failed. */
  readonly logConnections: boolean;
  readonly dontlognull: boolean;
  /** Of the PROXY header that real servers get of each connection; undefined: none. */
  readonly sendProxy: ProxyVersion | undefined;
  /** Networks whose clients begin with such a header, as `10.0.0.0/8`; and for how long it is waited for. */
  readonly acceptProxy: readonly string[];
  readonly acceptProxyTimeoutMs: number;
  /** Names by which its TLS clients are led to other services; none: nobody is asked for one. Who asks for no
   *  such name, and for how long a ClientHello is waited for. */
  readonly sni: readonly SniRoute[];
  readonly sniDefault: 'serve' | 'refuse';
  readonly sniTimeoutMs: number;
  /** Of the header that checks begin with; undefined: with none. */
  readonly checkProxy: ProxyVersion | undefined;
  /** Networks whose clients alone are let in (none: all), and those whose clients never are. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Most connections of one source at once; 0: any number. */
  readonly sourceConnections: number;
  /** How many one source may make in a window; undefined: any number. */
  readonly sourceRate: Rate | undefined;
  /** The prefix length that makes one source of IPv6 addresses. */
  readonly sourceNetmask6: number;
  /** Good checks in a row after which a server that is down counts as up. */
  readonly rise: number;
  /** What `failurecount` is in force; undefined: the file's. */
  readonly fall: number | undefined;
  /** From check to check while a server is down; undefined: as `checkinterval` says. */
  readonly downIntervalMs: number | undefined;
  /** Percents, 0 to 50, by which each interval may be longer or shorter. */
  readonly checkJitter: number;
  /** How long a server that comes back takes to get its whole share; undefined: it has it at once. */
  readonly slowStartMs: number | undefined;
  /** Percents of its servers, 0 to 99, that checks may take out; undefined: all. */
  readonly panicThreshold: number | undefined;
  /** So many connections of clients that fail in that time take a server out; undefined: none do. */
  readonly passive: Rate | undefined;
  /** How long no check brings it back, the first time. */
  readonly passiveHoldMs: number;
  /** Most connections at once of each real server that has no thresholds of its own, and of the
   *  service; 0: any number. */
  readonly serverConnections: number;
  readonly serviceConnections: number;
  /** How many clients may wait for a place, and for how long; 0: none. */
  readonly queue: number;
  readonly queueTimeoutMs: number;
  /** One that has ended its direction waits no more. */
  readonly abortOnClose: boolean;
  /** Names that its real servers are looked up by, beside those that its lines tell. */
  readonly realsFrom: readonly RealsFrom[];
}

/** A virtual service with every value in force, inheritance done, names resolved.
 *  Fields named like directives have the directive's meaning; times are in seconds as in
 *  the file. Plain data: it can be compared, cloned and sent to a worker. */
export interface VirtualService {
  /** `tcp:10.1.1.19:80`, `udp:[2001:db8::1]:53`, `fwm:5`; unique in a config. */
  readonly id: string;
  /** Line of its `virtual=`. */
  readonly line: number;
  readonly protocol: Protocol;
  readonly family: Family;
  /** Undefined for a firewall mark. */
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly fwmark: number | undefined;
  /** As written: ldirectord takes any name, the engine refuses one that it does not know. */
  readonly scheduler: string;
  readonly schedflags: string | undefined;
  /** Seconds; undefined: no persistence. */
  readonly persistent: number | undefined;
  /** `255.255.255.0`, or for IPv6 the prefix length as text; undefined: the whole address. */
  readonly netmask: string | undefined;
  readonly ops: boolean;
  readonly checktype: CheckType;
  /** Why its checks cannot be made here, with the mend: an npm package is missing. The real
   *  servers stay down, unchecked. Undefined: they can. */
  readonly unavailable?: string | undefined;
  readonly checkport: number | undefined;
  readonly checkcommand: string;
  readonly checktimeout: number;
  readonly negotiatetimeout: number;
  readonly checkinterval: number;
  readonly checkcount: number;
  /** Or what `fall` of l4director.ini says in its place. */
  readonly failurecount: number;
  /** Name from ldirectord's list, `none` included. */
  readonly service: string;
  /** Starts with `/` (the parser's doing, for every service). */
  readonly request: string;
  readonly receive: Pattern | undefined;
  readonly httpmethod: 'GET' | 'HEAD';
  readonly virtualhost: string | undefined;
  readonly login: string;
  readonly passwd: string;
  readonly database: string;
  readonly secret: string;
  readonly quiescent: boolean;
  readonly readdquiescent: boolean;
  readonly cleanstop: boolean;
  readonly fallback: Fallback | undefined;
  readonly fallbackcommand: string | undefined;
  readonly emailalert: string | undefined;
  readonly emailalertfreq: number;
  readonly emailalertstatus: readonly string[];
  readonly emailalertfrom: string | undefined;
  readonly smtp: string | undefined;
  readonly monitorfile: string | undefined;
  readonly servicename: string | undefined;
  readonly comment: string | undefined;
  /** In the file's order, behind them the ini's spares, then its fallbacks. Two with one id are possible;
   *  the first counts. */
  readonly reals: readonly RealServer[];
  /** Of the file that its texts are from. */
  readonly encoding: FileEncoding;
  readonly options: ServiceOptions;
}

/** Whether every datagram is a question with one answer, asked again where none comes: DNS. */
export function asksSingly({
  protocol,
  service,
}: Pick<VirtualService, 'protocol' | 'service'>): boolean {
  return protocol === 'udp' && service === 'dns';
}

/** Where connections to a real server go: gate and ipip keep the service's port, masq
 *  takes the real server's own (none: the service's). Source: ipvsadm(8), observed. */
export function destinationPort(
  service: Pick<VirtualService, 'port'>,
  real: Pick<RealServer, 'method' | 'port'>,
): number {
  const own = real.method === 'masq' ? real.port : 0;
  return own || (service.port ?? real.port);
}

/** The service as ldirectord's log lines write it: `vip:vport`, or the bare mark. */
export function serviceLabel(
  service: Pick<VirtualService, 'address' | 'port' | 'fwmark'>,
): string {
  return service.address === undefined
    ? String(service.fwmark)
    : endpoint(service.address, service.port ?? 0);
}

/** `fallback:127.0.0.1:80`: the id of a service's fallback server. */
export function fallbackId(fallback: Fallback): string {
  return `fallback:${endpoint(fallback.address, fallback.port)}`;
}
