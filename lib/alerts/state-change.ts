/** A virtual service, or one of its real servers, took another state. */
export interface StateChange {
  /** Undefined: the service itself. */
  readonly real: string | undefined;
  /** As the status names it; null: it is new. */
  readonly from: string | null;
  /** Null: it is gone. */
  readonly to: string | null;
  /** What brought it about, one line without secrets: what a real server's check said, who changed it, a
   *  service's problem; null: none of these. */
  readonly reason: string | null;
  /** How many real servers of the service are up after it, and how many there are. */
  readonly up: number;
  readonly reals: number;
  /** Wall clock, milliseconds since 1970. */
  readonly at: number;
}
