/** Work that must not overlap: one after the other, in the order in which it was asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** @returns what the work does; rejects as that does */
  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  /** Settles when what was asked for so far is done. */
  async over(): Promise<void> {
    await this.#last;
  }
}
