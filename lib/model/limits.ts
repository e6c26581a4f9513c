/** What came of the limits of a virtual service, where an engine that holds every connection carries
 *  it. */
export interface LimitStats {
  /** Clients that `allow` or `deny` did not let in. */
  readonly denied: number;
  /** Clients that have too many connections, or make them too fast: `source-connections`, `source-rate`. */
  readonly limited: number;
}

/** Nothing came of them. */
export const NO_LIMITS: LimitStats = { denied: 0, limited: 0 };
