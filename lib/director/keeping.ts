/** Keeps what operators have changed, of many changes in one turn of the event loop once: each time it costs what
 *  all real servers do. */
export class Keeping {
  readonly #keep: () => Promise<string | undefined>;
  #next: { readonly kept: Promise<string | undefined>; begin(): void } | undefined;

  /** @param keep  as `OverrideStore.keep`, of all that there are now */
  constructor(keep: () => Promise<string | undefined>) {
    this.#keep = keep;
  }

  /** @returns as `OverrideStore.keep` */
  soon(): Promise<string | undefined> {
    this.#next ??= this.#begun();
    return this.#next.kept;
  }

  /** What is still to be kept, in the same breath. */
  now(): void {
    this.#next?.begin();
  }

  #begun() {
    let begin = () => {};
    const kept = new Promise<string | undefined>((resolve) => {
      const timer = setImmediate(() => begin());
      begin = () => {
        clearImmediate(timer);
        this.#next = undefined;
        resolve(this.#keep());
      };
    });
    return { kept, begin };
  }
}
