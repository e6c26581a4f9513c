interface Wait {
  /** Of the questions without an answer. */
  readonly open: Set<string>;
  readonly go: () => void;
}

/** Who waits for first answers, and for which. */
export class Waits {
  readonly #waits = new Set<Wait>();

  get any(): boolean {
    return this.#waits.size > 0;
  }

  /** Settles when {@link settle} has found all of them settled, or after so many milliseconds. */
  async until(keys: Iterable<string>, patienceMs: number): Promise<void> {
    const open = new Set(keys);
    if (open.size === 0) return;
    let wait: Wait | undefined;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((go) => {
      wait = { open, go };
      this.#waits.add(wait);
      timer = setTimeout(go, patienceMs);
    });
    clearTimeout(timer);
    if (wait) this.#waits.delete(wait);
  }

  /** Looks who need not wait any more.
   *  @param rest  what is still open of a question; that of others comes with what they lead to */
  settle(rest: (key: string) => readonly string[]): void {
    for (const { open, go } of this.#waits) {
      for (const key of open) {
        const others = rest(key);
        if (!others.includes(key)) open.delete(key);
        for (const other of others) open.add(other);
      }
      if (open.size === 0) go();
    }
  }

  /** Nobody waits any more. */
  end(): void {
    for (const { go } of this.#waits) go();
  }
}
