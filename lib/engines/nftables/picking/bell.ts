/** Rung by many, answered by one: any number of rings before an answer's work are one. */
export class Bell {
  readonly #signal: AbortSignal;
  #rings: (() => void)[] = [];
  #wake: () => void = () => {};

  /** @param signal  when aborted, nobody waits any more */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    const end = () => {
      this.take()();
      this.#wake();
    };
    signal.addEventListener('abort', end, { once: true });
  }

  /** Settles when it is answered, or over. */
  ring(): Promise<void> {
    if (this.#signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#rings.push(resolve);
      this.#wake();
    });
  }

  /** Settles when it has been rung since the last take(), the time is over, or all is. */
  rung(ms: number): Promise<void> {
    if (this.#signal.aborted || this.#rings.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** The rings so far: what it returns answers them. */
  take(): () => void {
    const rings = this.#rings;
    this.#rings = [];
    return () => {
      for (const answered of rings) answered();
    };
  }
}
