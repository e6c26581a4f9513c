/** How the servers of a service get shares of its clients that differ, though its weights are whole
 *  numbers that may be 1. */
export interface Shares {
  /** The scheduler that gives them. */
  readonly scheduler: string;
  /** Whether each server is to have as much as any other, whatever its weight. */
  readonly even: boolean;
}

/** By scheduler. Not here: fo and ovf, to which weights are ranks and limits, and dh, sh and mh, where a
 *  client's server is the hash's choice, and each change of a weight would send clients elsewhere. rr and
 *  lc are what wrr and wlc are with even weights. */
const SHARES: Readonly<Record<string, Shares>> = {
  rr: { scheduler: 'wrr', even: true },
  lc: { scheduler: 'wlc', even: true },
  ...Object.fromEntries(
    ['wrr', 'wlc', 'lblc', 'lblcr', 'sed', 'nq', 'twos'].map((scheduler) => [
      scheduler,
      { scheduler, even: false },
    ]),
  ),
};

/** Undefined: its servers have no shares that could grow. */
export function sharesOf(scheduler: string): Shares | undefined {
  return Object.hasOwn(SHARES, scheduler) ? SHARES[scheduler] : undefined;
}

/** The schedulers that give shares. */
export const SHARING: readonly string[] = Object.keys(SHARES);
