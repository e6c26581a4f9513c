import type { Place } from '../place.ts';

/** What `even-pace` is to do. */
export interface Pace {
  readonly place: Place;
  /** Requests a second. */
  readonly rate: number;
  readonly seconds: number;
  /** Kept connections, which are also the most requests at once. */
  readonly connections: number;
}

/** What it says: times in microseconds. */
export interface Paced {
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** By how much it was itself late to see that a request was due, p99. */
  readonly late: number;
}

/** What `hold` is to do. */
export interface Hold {
  readonly place: Place;
  readonly count: number;
  /** Which addresses of the client network it takes: from this one on. */
  readonly first: number;
}

/** What it says when all are open. */
export interface Held {
  readonly held: number;
}
