/** How long things are waited for, milliseconds. */
export interface Pace {
  /** After the other node began too, so long nobody takes anything. */
  readonly settleMs: number;
  /** Between two attempts at what cannot be done yet. */
  readonly retryMs: number;
  /** So long a node must have been well again before it gets back what is its own. */
  readonly wellMs: number;
}

const HEARTBEATS: Pace = { settleMs: 10_000, retryMs: 1000, wellMs: 10_000 };

/** Heartbeat's times with Heartbeat. Two nodes of this program answer at once, so that they need no more than
 *  what a lost message takes: parts of their `deadtime`, where that is shorter.
 *  Source: observed on Heartbeat 3.0.6. */
export function paceOf(isOurs: boolean, deadtimeMs: number): Pace {
  if (!isOurs) return HEARTBEATS;
  return {
    settleMs: Math.min(HEARTBEATS.settleMs, 2 * deadtimeMs),
    retryMs: Math.min(HEARTBEATS.retryMs, deadtimeMs / 2),
    wellMs: Math.min(HEARTBEATS.wellMs, 2 * deadtimeMs),
  };
}
