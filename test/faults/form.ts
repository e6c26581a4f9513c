/** How thoroughly a scenario is played. */
export interface Form {
  /** Which of a scenario's two counts of rounds. */
  readonly rounds: 0 | 1;
  /** Clients that come, a second. */
  readonly rate: number;
  /** Clients that stay. */
  readonly stays: number;
  /** Before and after what happens. */
  readonly settleMs: number;
  /** How long the main thread is blocked, where it is. */
  readonly blockMs: number;
  /** How long nothing happens, where that is looked at. */
  readonly soakSeconds: number;
  /** What times may be over their bounds, as a factor. */
  readonly slack: number;
}

/** The campaign's: it has the machine to itself. */
export const LONG: Form = {
  rounds: 1,
  rate: 200,
  stays: 500,
  settleMs: 1500,
  blockMs: 10_000,
  soakSeconds: 3600,
  slack: 1,
};

/** A look at all of it, beside other tests: no time decides there. */
export const SHORT: Form = {
  rounds: 0,
  rate: 50,
  stays: 50,
  settleMs: 500,
  blockMs: 3000,
  soakSeconds: 2,
  slack: 10,
};
