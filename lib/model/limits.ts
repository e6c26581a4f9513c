/** What came of the limits of a virtual service, where an engine that holds every connection carries
 *  it. */
export interface LimitStats {
  /** Clients that `allow` or `deny` did not let in. */
  readonly denied: number;
  /** Clients that have too many connections, or make them too fast: `source-connections`, `source-rate`. */
  readonly limited: number;
  /** Clients that wait for a place now, and the most there have been at once. */
  readonly queued: number;
  readonly mostQueued: number;
  /** Clients for whom none became free within `queue-timeout`. */
  readonly queueTimeouts: number;
}

/** Nothing came of them. */
export const NO_LIMITS: LimitStats = {
  denied: 0,
  limited: 0,
  queued: 0,
  mostQueued: 0,
  queueTimeouts: 0,
};
