import type { PeerOptions } from '../model/peer.ts';
import type { DnsOptions } from '../model/reals-from.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import type { WebOptions } from './web.ts';

/** A finding in a file. Line 0: the file as a whole. */
export interface Diagnostic {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly severity: 'error' | 'warning';
  /** `what: expected, as in "example"`, or `unknown directive "x"; did you mean "y"?` */
  readonly message: string;
  /** A warning of something that this machine lacks. What can be done without it is done, but
   *  `configtest` takes it for an error. */
  readonly lacking?: true;
}

/** Global directives in force, defaults filled in. Times in seconds, as in the file.
 *  Values that only services use stand in each VirtualService. */
export interface GlobalSettings {
  readonly checkinterval: number;
  readonly autoreload: boolean;
  readonly callback: string | undefined;
  /** A path, or a syslog facility. The last `logfile` line holds. */
  readonly logfile: string;
  readonly execute: readonly string[];
  readonly fork: boolean;
  readonly supervised: boolean;
  readonly cleanstop: boolean;
  readonly maintenancedir: string | undefined;
  /** Every global directive by its name as `configtest --json` prints it. */
  readonly report: Readonly<Record<string, unknown>>;
}

/** A user of this host. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** What `l4director.ini` sets for the process. */
export interface ProcessOptions {
  /** The ini file that was read; undefined when there is none. */
  readonly file: string | undefined;
  /** `[limits] connections`: most client connections at once; undefined: from the file limit. */
  readonly maxConnections: number | undefined;
  /** `[limits] drain-timeout`: how long what is open at an upgrade may go on. */
  readonly drainTimeoutMs: number;
  /** `[net] workers`: how many threads forward. */
  readonly workers: number | 'auto';
  /** `[net] worker-timeout`: when one of them is stuck. */
  readonly workerTimeoutMs: number;
  /** `[nftables] flowtable`: devices; empty: no flowtable. */
  readonly flowtable: readonly string[];
  /** `[log] connections-file`: a path, or a syslog facility. */
  readonly connectionsFile: string;
  /** `[metrics] haproxy-names`. */
  readonly haproxyNames: boolean;
  /** `[control] mode` and `group`: of the control socket; undefined: the director's group. */
  readonly mode: number;
  readonly group: number | undefined;
  /** `[control] read-only-socket`; undefined: there is none. */
  readonly readOnlySocket: string | undefined;
  readonly readOnlyMode: number;
  /** `[daemon] user` and `group`: what it runs as when root starts it; undefined: as root. */
  readonly user: Account | undefined;
  /** `[daemon] role-command`: undefined: none. */
  readonly roleCommand: string | undefined;
  /** `[web]`: where the page is, and for whom; undefined: there is none. */
  readonly web: WebOptions | undefined;
  /** `[dns]`: how names of `reals-from` are asked for. */
  readonly dns: DnsOptions;
  /** `[peer]`: other directors that are to know what this one knows; undefined: none. */
  readonly peer: PeerOptions | undefined;
}

/** An accepted ldirectord.cf with its ini: immutable, complete, names resolved. */
export interface Config {
  /** Absolute path. */
  readonly file: string;
  /** SHA-256 of the bytes of the ldirectord.cf, in hexadecimal. */
  readonly digest: string;
  readonly warnings: readonly Diagnostic[];
  readonly global: GlobalSettings;
  readonly virtuals: readonly VirtualService[];
  readonly options: ProcessOptions;
}

export type ReadResult =
  | { readonly ok: true; readonly config: Config }
  | {
      readonly ok: false;
      /** All of them, in the order of the lines. */
      readonly errors: readonly Diagnostic[];
      readonly warnings: readonly Diagnostic[];
    };

/** What ends a line, or a terminal would obey. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;

/** `FILE:LINE: message`, with `warning:` after the line for a warning. One line: control characters that the
 *  file has stand there as `\u001b`. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const place = diagnostic.line > 0 ? `:${diagnostic.line}` : '';
  const kind = diagnostic.severity === 'warning' ? ' warning:' : '';
  const whole = `${diagnostic.file}${place}:${kind} ${diagnostic.message}`;
  return whole.replace(
    CONTROLS,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
