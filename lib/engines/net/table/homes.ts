/** Which worker carries a service that one alone can carry: the one with the fewest of them, for as
 *  long as it is such a service. In the order of the table, so that every start comes out alike. */
export class Homes {
  readonly #services: number[];
  readonly #homes = new Map<string, number>();

  constructor(workers: number) {
    this.#services = new Array(workers).fill(0);
  }

  /** @param alone whether one worker alone can carry it
   *  @returns the worker; undefined: all of them */
  settle(id: string, alone: boolean): number | undefined {
    if (!alone) this.leave(id);
    else if (!this.#homes.has(id)) this.#enter(id);
    return this.#homes.get(id);
  }

  leave(id: string): void {
    const home = this.#homes.get(id);
    if (home === undefined) return;
    this.#homes.delete(id);
    this.#count(home, -1);
  }

  #enter(id: string): void {
    const home = this.#services.indexOf(Math.min(...this.#services));
    this.#homes.set(id, home);
    this.#count(home, 1);
  }

  #count(home: number, step: number): void {
    this.#services[home] = (this.#services[home] ?? 0) + step;
  }
}
