/** How and why a director ends. */
export interface End {
  /** The log's last line. */
  readonly why: string;
  readonly exitCode: number;
}

/** The one end of a director, and who waits for it. */
export interface Ending {
  readonly asked: Promise<End>;
  /** Aborted when it is asked for. */
  readonly signal: AbortSignal;
  /** @returns false when an end was asked for before; that one counts */
  ask(end: End): boolean;
}

export function createEnding(): Ending {
  const control = new AbortController();
  let settle: (end: End) => void = () => {};
  const asked = new Promise<End>((resolve) => {
    settle = resolve;
  });
  return {
    asked,
    signal: control.signal,
    ask(end) {
      if (control.signal.aborted) return false;
      settle(end);
      control.abort();
      return true;
    },
  };
}
