import type { Place } from '../place.ts';
import { Program } from '../program.ts';
import type { Held, Hold } from './protocol.ts';

const OPEN_MS = 60_000;

/** Connections that have made one request and idle until this is disposed. */
export class Crowd implements AsyncDisposable {
  readonly #program: Program<Held>;

  private constructor(program: Program<Held>) {
    this.#program = program;
  }

  /** Settles when all are open.
   *  @param crowds  other crowds at the same place, each with addresses of its own
   *  @throws        when one cannot be opened */
  static async gather(
    place: Place,
    count: number,
    crowds: number,
    signal: AbortSignal,
  ): Promise<Crowd> {
    const hold: Hold = { place, count, first: crowds * 10 };
    const program = new Program<Held>('load/hold', [JSON.stringify(hold)]);
    try {
      await program.next(AbortSignal.any([signal, AbortSignal.timeout(OPEN_MS)]));
      return new Crowd(program);
    } catch (error) {
      await program[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** @throws when one has ended meanwhile */
  check(): void {
    if (!this.#program.running) throw new Error('an idle connection has ended');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#program[Symbol.asyncDispose]();
  }
}
