import type { Family } from './address.ts';
import type { Pattern } from './pattern.ts';
import type { ProxyVersion } from './proxy-header.ts';
import type { CheckType, CheckWord, Protocol } from './virtual-service.ts';

/** Everything a check may ask about what it checks: one real server as one service sees it.
 *  request, virtualhost, login, passwd, database and secret are bytes, each one character
 *  (latin1), as they are sent; see `bytesOf()`. */
export interface CheckTarget {
  readonly family: Family;
  readonly protocol: Protocol;
  /** The real server, numeric, no brackets. */
  readonly address: string;
  /** checkport, else the real server's port, else the service's standard port; 0 = none known. */
  readonly port: number;
  /** The real server's configured port (argument of external checks). */
  readonly realPort: number;
  /** Arguments of external checks: VIP or mark, and the port (0 for a mark). */
  readonly virtual: string;
  readonly virtualPort: number;
  readonly checktype: CheckType;
  readonly service: string;
  readonly request: string;
  readonly receive: Pattern | undefined;
  readonly httpmethod: 'GET' | 'HEAD';
  readonly virtualhost: string | undefined;
  readonly login: string;
  readonly passwd: string;
  readonly database: string;
  readonly secret: string;
  readonly checkcommand: string;
  readonly checkcount: number;
  readonly checktimeoutMs: number;
  readonly negotiatetimeoutMs: number;
  readonly tlsVerify: boolean;
  readonly tlsCa: string | undefined;
  readonly bodyLimit: number;
  /** Of the PROXY header that a TCP connection to the real server begins with; undefined: with none. */
  readonly proxy: ProxyVersion | undefined;
}

/** What a check found. A failure is a result, never an exception. */
export interface CheckResult {
  readonly up: boolean;
  /** For people: "200 OK"; "connect ECONNREFUSED 10.0.0.2:80"; what was expected and what came.
   *  Never holds a login, password or secret. */
  readonly message: string;
  /** What a TLS handshake of the check showed, whether it was accepted or not. The runner fills
   *  it in; absent: there was none. */
  readonly certificate?: CheckedCertificate;
}

/** Of the certificates that a server sent, the one that expires first. */
export interface CheckedCertificate {
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Whose it is, on one line: "CN=www.example.net". As the server sent it. */
  readonly subject: string;
}

export interface CheckContext {
  /** Aborts at the check's time-out (reason: a TimeoutError) or at shutdown. */
  readonly signal: AbortSignal;
  /** Matches away from the main thread; rejects with a reason for people when it takes more
   *  than 100 ms or the pattern has a problem. */
  matches(pattern: Pattern, text: string): Promise<boolean>;
}

/** One way to find out whether a server works. Owns and closes whatever it opens before it
 *  settles, also when aborted. */
export type Check = (
  target: CheckTarget,
  context: CheckContext,
) => Promise<CheckResult>;

/** A result with its time. */
export interface CheckReport extends CheckResult {
  /** Wall clock, milliseconds since 1970, when the check ended. */
  readonly at: number;
  readonly durationMs: number;
  /** Which check was made: of a combined one `negotiate` or `connect`. Absent: none was. */
  readonly made?: CheckWord;
  /** Found in maintenancedir: forced down at once, no check was made. */
  readonly maintenance: boolean;
}

/** A check to be made again and again. */
export interface CheckPlan {
  readonly target: CheckTarget;
  /** From the start of one check to the start of the next; one that takes longer delays
   *  only its own next. */
  readonly intervalMs: number;
  /** The same while the server is down for somebody who subscribed; undefined: as always. */
  readonly downIntervalMs?: number | undefined;
  /** Each interval is longer or shorter by up to that part of it, at random: 0 (the default) to 0.5. */
  readonly jitter?: number | undefined;
}

/** Makes checks on time, none waiting for another. Plans that are equal field by field are
 *  checked once, and each subscriber gets the report. */
export interface CheckRunner {
  /** The first check starts at once. `on` is called from the event loop, never from within
   *  this call, and not after the subscription was disposed.
   *  @param isDown  asked behind each report: whether the server is down, so that `downIntervalMs` holds
   *  @returns a handle; disposing it aborts the check when nobody else wants it */
  subscribe(
    plan: CheckPlan,
    on: (report: CheckReport) => void,
    isDown?: () => boolean,
  ): Disposable;
  /** Directory whose files name servers in maintenance; undefined: none. */
  maintenancedir(directory: string | undefined): void;
  /** Aborts every check; settles when all have ended, helpers and children too. */
  close(): Promise<void>;
}
