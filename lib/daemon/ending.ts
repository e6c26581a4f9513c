/** How and why a director ends. */
export interface End {
  /** The log's last line. */
  readonly why: string;
  readonly exitCode: number;
  /** Where a successor is at work: settles when what is still open has ended, or at the abort. */
  readonly leave?: (hurry: AbortSignal) => Promise<void>;
}

/** The one end of a director, and who waits for it. */
export interface Ending {
  readonly asked: Promise<End>;
  /** Aborted when it is asked for. */
  readonly signal: AbortSignal;
  /** Aborted when it is asked for again while what is open may still go on. */
  readonly hurry: AbortSignal;
  /** Whether a successor goes on with the work. */
  readonly handedOver: boolean;
  /** @returns false when an end was asked for before that could not be hurried; that one counts */
  ask(end: End): boolean;
}

export function createEnding(): Ending {
  const control = new AbortController();
  const hurry = new AbortController();
  let first: End | undefined;
  let settle: (end: End) => void = () => {};
  const asked = new Promise<End>((resolve) => {
    settle = resolve;
  });
  return {
    asked,
    signal: control.signal,
    hurry: hurry.signal,
    get handedOver() {
      return first?.leave !== undefined;
    },
    ask(end) {
      if (first) {
        const hurried = first.leave !== undefined && !hurry.signal.aborted;
        hurry.abort();
        return hurried;
      }
      first = end;
      settle(end);
      control.abort();
      return true;
    },
  };
}
