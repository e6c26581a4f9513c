import type { Capability } from './capability.ts';
import type { WorkerStats } from './engine.ts';
import type { LimitStats } from './limits.ts';
import type { NameStatus } from './name-status.ts';
import type { AdminState, Override } from './override.ts';
import type { PeerStatus } from './peer.ts';
import type { Role } from './role.ts';
import type {
  CheckWord,
  EngineName,
  ForwardingMethod,
  Protocol,
  ReserveRole,
} from './virtual-service.ts';

/** Results kept of each real server, and the most that can be asked for. */
export const MOST_CHECKS = 20;

/** `GET /v1/status`: the contract with scripts and monitoring. Times are ISO 8601 in UTC. */
export interface StatusDocument {
  readonly version: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
  /** Who it runs as. */
  readonly user: string;
  /** What of root's rights it has, of those that a director may need. */
  readonly capabilities: readonly Capability[];
  /** Path of the config in force. */
  readonly config: string;
  /** Why the last reload was refused, one error a line; null when the file is in force. */
  readonly configError: string | null;
  readonly services: readonly ServiceStatus[];
  /** What name servers are asked for `reals-from`. */
  readonly names: readonly NameStatus[];
  /** Other directors of `[peer]`. */
  readonly peers: readonly PeerStatus[];
  /** The threads that forward, in the order of their numbers. */
  readonly workers: readonly WorkerStats[];
  readonly mail: MailStatus;
  readonly webhooks: HookStatus;
  readonly alertCommands: HookStatus;
  /** Of a pair; active where nobody has said. */
  readonly role: Role;
}

/** What became of the mails that alerts are, since the start. */
export interface MailStatus {
  /** Taken by a mail server or the local mailer. */
  readonly sent: number;
  /** Attempts that failed, one a mail. */
  readonly failed: number;
  /** Refused for good, given up after ten minutes of attempts, or one too many. */
  readonly dropped: number;
  /** Waiting to be sent, or to be tried again. */
  readonly pending: number;
  /** Why the last attempt failed; null when it did not. */
  readonly problem: string | null;
}

/** What became of the changes of state that webhooks, or commands, are told of, since the start. */
export interface HookStatus {
  /** Taken by a receiver; commands that ended well. */
  readonly sent: number;
  /** Attempts that failed. */
  readonly failed: number;
  /** That nobody got: refused, given up, or too many waited. */
  readonly dropped: number;
  /** Waiting to be told, or to be tried again. */
  readonly pending: number;
  /** Why the last attempts failed; null when they did not. */
  readonly problem: string | null;
}

/** Every state of a service. */
export const SERVICE_STATES = [
  'starting',
  'up',
  'panic',
  'fallback',
  'down',
  'waiting-for-address',
  'failed',
] as const;

export type ServiceState = (typeof SERVICE_STATES)[number];

/** Every state of a real server; `standby`: a spare or a fallback that is up and takes no new clients. */
export const REAL_STATES = [
  'starting',
  'up',
  'down',
  'drain',
  'maintenance',
  'unchecked',
  'standby',
] as const;

export type RealState = (typeof REAL_STATES)[number];

export interface ServiceStatus {
  readonly id: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly fwmark: number | null;
  readonly protocol: Protocol;
  readonly scheduler: string;
  /** What carries it now. */
  readonly engine: EngineName;
  /** Why that one: `engine = net`, or `auto:` and the reasons, or where it is on its way to. */
  readonly engineReason: string;
  readonly state: ServiceState;
  /** Why it is waiting or failed, and how to mend it. */
  readonly problem: string | null;
  /** A fallback is in force, be it checked or not. */
  readonly fallbackActive: boolean;
  /** Seconds; null: no persistence. */
  readonly persistent: number | null;
  readonly netmask: string | null;
  /** Of drains that have none of their own, in seconds; null: there is none. */
  readonly drainDeadlineSeconds: number | null;
  readonly acceptedConnections: number;
  readonly refusedConnections: number;
  readonly retries: number;
  /** Accepted and reset: without a good PROXY header, where one was expected. */
  readonly proxyHeaderErrors: number;
  /** Ended by max-age and rebalance. */
  readonly retiredConnections: number;
  /** Clients who asked for none of the names of `sni`; and those reset since no whole ClientHello came. */
  readonly sniUnmatched: number;
  readonly sniErrors: number;
  readonly persistenceEntries: number;
  readonly limits: LimitStats;
  /** Real servers in the file's order, spares and fallbacks of the ini, then the config's own fallback where
   *  there is one. */
  readonly reals: readonly RealStatus[];
}

export interface RealStatus {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly method: ForwardingMethod;
  /** The name of `reals-from` that it answers to; null: it has a line in the file. */
  readonly from: string | null;
  /** In force now; 0 when quiesced or not in the table. */
  readonly weight: number;
  readonly configuredWeight: number;
  /** It stands in the engine's table, be it at weight 0: what IPVS would list. */
  readonly inForce: boolean;
  readonly state: RealState;
  /** Percents of its share that it has while it warms up (`slow-start`); null: all of it. */
  readonly warming: number | null;
  /** What was changed of it at run time; null: nothing. */
  readonly override: Override | null;
  /** Null for the config's own fallback, and where no agent is asked. */
  readonly agent: AgentStatus | null;
  /** When it took that state. */
  readonly since: string;
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  readonly totalConnections: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly connectFailures: number;
  /** How often it went down, and for how many seconds in all. */
  readonly downs: number;
  readonly downSeconds: number;
  /** How often of these it was taken out since clients' connections failed at it (`passive`). */
  readonly ejections: number;
  /** It is the config's own `fallback=`, which is not checked and cannot be changed by hand. */
  readonly fallback: boolean;
  /** What it is for: `spares` and `fallbacks` of the ini are checked as real servers are; the config's own
   *  fallback is a `fallback` too. */
  readonly role: 'real' | ReserveRole;
  /** Null for the config's own fallback, and until the first result. */
  readonly check: CheckStatus | null;
  /** The last results, the newest first; only where they are asked for, with `?checks=N`. */
  readonly checks?: readonly CheckRecord[];
}

/** What the agent of a real server has said. */
export interface AgentStatus {
  readonly port: number;
  /** Its last line, and when that came; null before the first. */
  readonly line: string | null;
  readonly at: string | null;
  /** That the last question took, whether a line came or not; null before the first. */
  readonly durationMs: number | null;
  /** Why no line came the last time; null: one did, or it was not asked yet. */
  readonly problem: string | null;
  /** In force, but for what an override says. */
  readonly state: AdminState;
  /** Of the configured weight; null: it has never named one. */
  readonly percent: number | null;
  /** Why it holds the server down; null: it does not. */
  readonly down: string | null;
  /** The configured weight as it wants it. */
  readonly weight: number;
}

/** One result of a check. */
export interface CheckRecord {
  /** When the check ended. */
  readonly at: string;
  readonly durationMs: number;
  readonly up: boolean;
  /** Which check was made: of a combined one `negotiate` or `connect`; null: none was, as in
   *  maintenance. */
  readonly made: CheckWord | null;
  readonly message: string;
}

/** The last result, and what is known besides. While a server is out since clients' connections failed at it,
 *  the message says that. */
export interface CheckStatus extends CheckRecord {
  /** `negotiate`, `connect` ... or N of a combined check, as text. */
  readonly type: string;
  readonly service: string;
  /** Failures in a row, up to failurecount. */
  readonly failures: number;
  /** Successes in a row while it is down, of the `rise` that it takes to be up. */
  readonly successes: number;
  readonly rise: number;
  readonly totals: CheckTotals;
  /** From the last TLS handshake; null where the check makes none. */
  readonly certificate: CertificateStatus | null;
}

/** Of all results since the director's start, or since the server is in the configuration. */
export interface CheckTotals {
  readonly up: number;
  readonly down: number;
  /** That the checks took, in all. */
  readonly seconds: number;
}

/** Of the certificates that the real server sent, the one that expires first. */
export interface CertificateStatus {
  readonly expires: string;
  /** Whole days from now; below 0 once it has expired. */
  readonly daysLeft: number;
  /** Whose it is: "CN=www.example.net". */
  readonly subject: string;
  /** "expires in 12 days", from `tls-expiry` on; null before that. */
  readonly problem: string | null;
}
