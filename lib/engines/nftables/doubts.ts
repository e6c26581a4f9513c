import type { ServiceOutcome } from '../../model/engine.ts';

/** Says what looks wrong with services that are carried all the same, whose state says nothing of
 *  that: once, until it is another. */
export class Doubts {
  readonly #tell: (message: string) => void;
  #known: ReadonlyMap<string, string> = new Map();

  constructor(tell: (message: string) => void) {
    this.#tell = tell;
  }

  /** @param outcomes  of all services */
  hear(outcomes: readonly ServiceOutcome[]): void {
    const before = this.#known;
    this.#known = new Map(
      outcomes.flatMap(({ id, state, problem }) =>
        state === 'carried' && problem !== undefined ? [[id, problem]] : [],
      ),
    );
    for (const [id, problem] of this.#known)
      if (before.get(id) !== problem) this.#tell(`Virtual server ${id}: ${problem}`);
  }
}
