import type { PlannedChange } from '../director/plan.ts';

/** What a reload did, or would do. */
export interface ReloadDone {
  readonly ok: true;
  readonly changes: readonly PlannedChange[];
  /** As `configtest` prints them. */
  readonly warnings: readonly string[];
}

/** The file cannot be put in force, and nothing has changed. */
export interface ReloadRefused {
  readonly ok: false;
  /** All that is wrong: `FILE:LINE: what: expected, as in "example"`. One at least. */
  readonly errors: readonly string[];
}

export type ReloadOutcome = ReloadDone | ReloadRefused;
