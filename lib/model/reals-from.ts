import type { ForwardingMethod } from './virtual-service.ts';

/** Real servers that a name stands for: one entry of `reals-from`. */
export interface RealsFrom {
  /** Whole, in small letters, without a dot at the end: `www.example.com`, `_http._tcp.example.com`. */
  readonly name: string;
  readonly method: ForwardingMethod;
  /** Of all of them; undefined: SRV records say port and weight of each. */
  readonly port: number | undefined;
  readonly weight: number | undefined;
}

/** How names are asked for: `[dns]`. */
export interface DnsOptions {
  /** In the order in which they are asked; none: those of /etc/resolv.conf. */
  readonly servers: readonly DnsServer[];
  /** For the answer of one server. */
  readonly timeoutMs: number;
  /** Bounds of how long an answer lives, whatever it says itself. */
  readonly minTtlMs: number;
  readonly maxTtlMs: number;
  /** How long a server stays that answers do not name any more; undefined: not at all. */
  readonly holdMs: number | undefined;
  /** What an answer without any server does: keeps the last ones, or lets them go. */
  readonly empty: 'keep' | 'remove';
  /** Most servers of one name. */
  readonly maxServers: number;
}

/** A name server. */
export interface DnsServer {
  /** Numeric, no brackets. */
  readonly address: string;
  readonly port: number;
}
