import type { Lateness } from './lateness.ts';

/** What the listeners are asked: to note arrivals from now on, and to tell of them. */
export type Asked = 'watch' | 'tell';

/** What they say. */
export type Heard =
  | { readonly kind: 'ports'; readonly ports: readonly number[] }
  | {
      readonly kind: 'lateness';
      /** Those of which anything was heard. */
      readonly servers: number;
      readonly lateness: Lateness;
    };

/** What the process with the check runner is to do. */
export interface Load {
  readonly servers: number;
  readonly intervalMs: number;
  readonly ports: readonly number[];
  /** Intervals that are measured, after two to warm up. */
  readonly rounds: number;
}

/** What it says, in this order. It begins when it is sent anything. */
export type LoadHeard =
  | {
      readonly kind: 'started';
      /** Resident bytes without a single plan. */
      readonly memory: number;
    }
  | { readonly kind: 'first-round'; readonly ms: number; readonly up: number }
  | { readonly kind: 'measuring' }
  | {
      readonly kind: 'measured';
      readonly seconds: number;
      readonly checks: number;
      readonly failed: number;
      readonly lateness: Lateness;
      /** Microseconds of processor time. */
      readonly cpu: number;
    };
