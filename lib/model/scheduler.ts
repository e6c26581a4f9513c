/** A server of the service: 0 to `size - 1`, in the order of the table. */
export type Row = number;

/** The client whose connection is to be scheduled. */
export interface Client {
  /** Address as bytes in network order: 4 or 16. */
  readonly address: Uint8Array;
  readonly port: number;
}

/** `weight` and `active` as in {@link ServiceView}. `eligibleWeight` is the weight, 0 for a
 *  server that is not eligible, `roomyWeight` also for one with more active connections than its
 *  weight. `eligibleLoad` is the load, `weightedLoad` load / weight, `delay` (active + 1) / weight and
 *  `idleDelay` the same but 0 for an idle server, each Infinity for one not eligible. Equal quotients are equal numbers and
 *  others are not, up to a weight of 65535 and a load of 2^36. */
export type ColumnName =
  | 'weight'
  | 'active'
  | 'eligibleWeight'
  | 'roomyWeight'
  | 'eligibleLoad'
  | 'weightedLoad'
  | 'delay'
  | 'idleDelay';

/** One number of each row: that of row n is `values[at[n]]`. For schedulers that look at all rows,
 *  since among thousands a call for each costs more than the pick. Good until the pick is over. It
 *  does not know who is left out for this connection: what is found must still be `eligible()`. */
export interface Column {
  readonly values: Float64Array;
  readonly at: Int32Array;
}

/** A virtual service as a scheduler sees it. Reads cost no more than an array access. */
export interface ServiceView {
  readonly size: number;
  /** The server's own number, above 0, for as long as it is in the table, whatever row it has;
   *  the same in all workers. */
  key(row: Row): number;
  /** Weight above 0, below its upper threshold, and not left out for this connection. */
  eligible(row: Row): boolean;
  weight(row: Row): number;
  /** The last weight above 0 it had (mh keeps a quiesced server's slots). */
  lastWeight(row: Row): number;
  /** Connections open in both directions. */
  active(row: Row): number;
  inactive(row: Row): number;
  /** 256 x active + inactive: the kernel's overhead (net/netfilter/ipvs). */
  load(row: Row): number;
  /** The same for all rows at once; see {@link Column}. */
  column(name: ColumnName): Column;
  /** Where connections to the row go; numeric, no brackets. */
  address(row: Row): string;
  port(row: Row): number;
  /** The service's own address as bytes (dh, lblc); empty for a firewall mark. */
  readonly destination: Uint8Array;
  /** schedflags names in force: `sh-fallback`, `sh-port`, `mh-fallback`, `mh-port`, `flag-1` ... */
  readonly flags: ReadonlySet<string>;
  /** Four words of the scheduler's own, 0 at first. Shared by all workers. The first may hold a
   *  key: it becomes that of the server before it when its own leaves the table, else 0. Or see
   *  `restarts`. */
  readonly cursor: Int32Array;
  /** What `build` makes of the rows, kept until rows or weights change. One use a scheduler. */
  derive<T>(build: (service: ServiceView) => T): T;
  /** State of the scheduler's own for the life of the service; not shared by workers. */
  keep<T>(create: () => T): T;
  /** A number in [0, 1). */
  random(): number;
  /** Milliseconds on the monotonic clock. */
  now(): number;
}

/** Chooses a server for a new connection. Pure but for cursor, derive and keep. */
export interface Scheduler {
  readonly summary: string;
  /** The cursor's first word goes back to 0 when rows or weights change (wrr, as the kernel's:
   *  it begins at the head again, at the level it had). */
  readonly restarts?: true;
  /** It uses {@link ServiceView.keep}: one thread makes all picks of a service. */
  readonly keeps?: true;
  /** @returns undefined when nothing is eligible, or this client's server is not. */
  pick(service: ServiceView, client: Client): Row | undefined;
}
