import type { Part, Parts } from './part.ts';

/** The parts that should stand in the table. A part is made anew only when its cause is another
 *  object than before. */
export class Book {
  readonly #pages = new Map<string, Page>();
  /** Whose an element is: two services may ask for the same one, and the kernel has room for one. */
  readonly #owners = new Map<string, string>();

  get parts(): Parts {
    return new Map([...this.#pages].map(([name, { part }]) => [name, part]));
  }

  /** @param make  what the cause comes to */
  write(name: string, cause: object, make: () => Part): void {
    const known = this.#pages.get(name);
    if (known?.cause === cause) return;
    const free = known ? this.#release(name, known) : [];
    this.#claim(name, cause, make());
    this.#pass(free);
  }

  /** Strikes out all others. */
  keep(names: ReadonlySet<string>): void {
    const free: string[] = [];
    for (const [name, page] of this.#pages) {
      if (names.has(name)) continue;
      free.push(...this.#release(name, page));
      this.#pages.delete(name);
    }
    this.#pass(free);
  }

  #claim(name: string, cause: object, asked: Part): void {
    const own = [...asked.elements].filter(([id]) => !this.#owners.has(id));
    for (const [id] of own) this.#owners.set(id, name);
    const contested = own.length < asked.elements.size;
    const part = { ...asked, elements: new Map(own) };
    this.#pages.set(name, { cause, asked: contested ? asked : undefined, part });
  }

  /** @returns ids of elements that nobody has now */
  #release(name: string, { part }: Page): string[] {
    const ids = [...part.elements.keys()];
    const free = ids.filter((id) => this.#owners.get(id) === name);
    for (const id of free) this.#owners.delete(id);
    return free;
  }

  /** Gives elements to who asked for them in vain. */
  #pass(free: readonly string[]): void {
    if (free.length === 0) return;
    for (const [name, page] of this.#pages) {
      const { cause, asked } = page;
      if (!asked || !free.some((id) => asked.elements.has(id))) continue;
      this.#release(name, page);
      this.#claim(name, cause, asked);
    }
  }
}

interface Page {
  readonly cause: object;
  /** What it asked for, where another has some of it. */
  readonly asked: Part | undefined;
  readonly part: Part;
}
