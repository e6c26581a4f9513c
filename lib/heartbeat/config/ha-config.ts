import type { MessageForm } from '../wire/seal.ts';

/** How packets leave and come. Source: ha.cf(5). */
export type Medium =
  | { readonly kind: 'bcast'; readonly device: string; readonly port: number }
  | {
      readonly kind: 'ucast';
      readonly device: string;
      /** An address, or a name until `withPeers` has looked it up. */
      readonly peer: string;
      readonly port: number;
      /** Where it stands, if the peer is a name. */
      readonly line?: number;
    }
  | {
      readonly kind: 'mcast';
      readonly device: string;
      readonly group: string;
      readonly port: number;
      /** Hops, 0 to 255. */
      readonly ttl: number;
      readonly loop: boolean;
    };

/** Hosts that answer pings; alive while one of them does. */
export interface PingNode {
  /** The host, or the name of the group. */
  readonly name: string;
  readonly hosts: readonly string[];
}

/** A program that runs while the node does, and is started again when it ends (unless with 100). */
export interface Respawn {
  readonly user: string;
  readonly command: readonly string[];
  readonly line: number;
}

/** `legacy` is Heartbeat's default; with it `hb_standby` and ipfail do nothing. */
export type AutoFailback = 'on' | 'off' | 'legacy';

/** ha.cf, with defaults in the place of what it does not say. Times are milliseconds. */
export interface HaConfig {
  /** Lower case, in the order of the file. */
  readonly nodes: readonly string[];
  readonly media: readonly Medium[];
  readonly keepaliveMs: number;
  readonly deadtimeMs: number;
  readonly warntimeMs: number;
  readonly initdeadMs: number;
  readonly deadpingMs: number;
  readonly autoFailback: AutoFailback;
  readonly uuidFrom: 'file' | 'nodename';
  readonly generationFrom: 'file' | 'time';
  /** What `ttl` of a message exceeds the number of nodes by. */
  readonly hopfudge: number;
  readonly maxRexmitDelayMs: number;
  /** Scheduled before all that waits for the processor, with that priority, 1 to 99. */
  readonly realtime: boolean;
  readonly rtprio: number;
  readonly form: MessageForm;
  readonly pings: readonly PingNode[];
  readonly respawns: readonly Respawn[];
  readonly logfile: string | undefined;
  readonly debugfile: string | undefined;
  readonly logfacility: string | undefined;
  /** Where each directive stands last. */
  readonly lineOf: Readonly<Record<string, number>>;
}

/** What has been read so far: what is missing has its default at the end, for some depend on others. */
export type HaDraft = {
  -readonly [Key in keyof HaConfig]?: HaConfig[Key];
} & {
  nodes: string[];
  media: Medium[];
  pings: PingNode[];
  respawns: Respawn[];
  lineOf: Record<string, number>;
  /** For the media lines that follow. */
  udpport: number;
};
