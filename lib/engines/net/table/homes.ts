/** Which worker carries a service that one alone can carry: the one with the fewest of them, for as
 *  long as it is such a service. In the order of the table, so that every start comes out alike. */
export class Homes {
  readonly #services: number[];
  readonly #homes = new Map<string, number>();

  constructor(workers: number) {
    this.#services = new Array(workers).fill(0);
  }

  /** A plan of its own, to see what a change would do. */
  copy(): Homes {
    const copy = new Homes(this.#services.length);
    for (const [id, home] of this.#homes) copy.#enter(id, home);
    return copy;
  }

  /** All others leave. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of this.#homes.keys()) if (!ids.has(id)) this.leave(id);
  }

  /** @param alone whether one worker alone can carry it
   *  @returns the worker; undefined: all of them */
  settle(id: string, alone: boolean): number | undefined {
    if (!alone) this.leave(id);
    else if (!this.#homes.has(id)) this.#enter(id);
    return this.#homes.get(id);
  }

  /** The worker that carries the service alone; undefined: all do. */
  of(id: string): number | undefined {
    return this.#homes.get(id);
  }

  /** One worker carries all of these: that of the first which has one.
   *  @returns those that have another home than before */
  join(ids: ReadonlySet<string>): readonly string[] {
    const settled = [...ids].find((id) => this.#homes.has(id));
    const home = settled === undefined ? this.#emptiest : this.#homes.get(settled);
    const moved = [...ids].filter((id) => this.#homes.get(id) !== home);
    for (const id of moved) {
      this.leave(id);
      this.#enter(id, home);
    }
    return moved;
  }

  leave(id: string): void {
    const home = this.#homes.get(id);
    if (home === undefined) return;
    this.#homes.delete(id);
    this.#count(home, -1);
  }

  get #emptiest(): number {
    return this.#services.indexOf(Math.min(...this.#services));
  }

  #enter(id: string, home = this.#emptiest): void {
    this.#homes.set(id, home);
    this.#count(home, 1);
  }

  #count(home: number, step: number): void {
    this.#services[home] = (this.#services[home] ?? 0) + step;
  }
}
