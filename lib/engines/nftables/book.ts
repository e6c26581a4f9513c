import type { Part, Parts } from './part.ts';

/** The parts that should stand in the table. A part is made anew only when its cause is another
 *  object than before. */
export class Book {
  readonly #pages = new Map<string, { readonly cause: object; readonly part: Part }>();
  /** Whose an element is: two services may ask for the same one, and the kernel has room for one. */
  readonly #owners = new Map<string, string>();

  get parts(): Parts {
    return new Map([...this.#pages].map(([name, { part }]) => [name, part]));
  }

  /** @param make  what the cause comes to */
  write(name: string, cause: object, make: () => Part): void {
    const known = this.#pages.get(name);
    if (known?.cause === cause) return;
    if (known) this.#release(name, known.part);
    const part = make();
    const own = [...part.elements].filter(([id]) => !this.#owners.has(id));
    for (const [id] of own) this.#owners.set(id, name);
    this.#pages.set(name, { cause, part: { ...part, elements: new Map(own) } });
  }

  /** Strikes out all others. */
  keep(names: ReadonlySet<string>): void {
    for (const [name, { part }] of this.#pages) {
      if (names.has(name)) continue;
      this.#release(name, part);
      this.#pages.delete(name);
    }
  }

  #release(name: string, { elements }: Part): void {
    for (const id of elements.keys())
      if (this.#owners.get(id) === name) this.#owners.delete(id);
  }
}
