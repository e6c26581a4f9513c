import type { Lateness } from './lateness.ts';

/** What one subject's checks cost. */
export interface Figures {
  readonly servers: number;
  readonly seconds: number;
  readonly checks: number;
  readonly failed: number;
  /** Microseconds of processor time of all threads. */
  readonly cpu: number;
  /** Resident bytes, and how much of them came with the servers. */
  readonly memory: number;
  readonly added: number;
  /** Most descriptors seen open at once, and those before the first check. */
  readonly descriptors: number;
  readonly descriptorsIdle: number;
  /** As the subject's own timers see it; undefined: it does not tell. */
  readonly lateness: Lateness | undefined;
  /** As the listeners see connections come. */
  readonly arrivals: Lateness;
  /** Until every server had its first result. */
  readonly firstRoundMs: number;
}

/** One request over the control socket, the median of several. */
export interface Answer {
  readonly what: string;
  readonly bytes: number;
  readonly ms: number;
  /** Microseconds of the daemon's processor time. */
  readonly cpu: number;
}
