import type { ServiceTable } from '../../model/engine.ts';
import { within } from '../../model/within.ts';
import { NftError } from '../nft-program.ts';
import { field, type Json, text } from './json.ts';
import type { Nft } from './nft.ts';

/** Who asks waits no longer than this; then the numbers are those of the time before. */
const WAIT_MS = 500;
/** To count the clients of one set nft reads all sets with all their elements: where that takes longer than
 *  who asks waits, it is done for this part of the time at most. */
const PART = 0.05;

/** How many clients persist. */
export class Persisting {
  readonly #nft: Nft;
  readonly #table: string;
  #counts: ReadonlyMap<string, number> = new Map();
  #reading: Promise<void> = Promise.resolve();
  #dueAt = -Infinity;
  readonly #end = new AbortController();

  constructor(nft: Nft, table: string) {
    this.#nft = nft;
    this.#table = table;
  }

  /** Of a set of them, by its name. */
  readonly of = (set: string): number => this.#counts.get(set) ?? 0;

  /** Settles when they are counted, where that is due, or that takes too long. */
  async fresh(services: ServiceTable): Promise<void> {
    if (!services.some(({ service }) => service.persistent)) return;
    if (performance.now() >= this.#dueAt) {
      this.#dueAt = Infinity;
      this.#reading = this.#read();
    }
    await within(WAIT_MS, this.#reading, () => undefined);
  }

  /** Resolves when nothing is read any more. */
  async close(): Promise<void> {
    this.#end.abort();
    await this.#reading;
  }

  async #read(): Promise<void> {
    const began = performance.now();
    const counts = new Map<string, number>();
    const element = (_: Json, of: Json) => {
      const name = text(field(of, 'set'), 'name');
      counts.set(name, (counts.get(name) ?? 0) + 1);
    };
    const at = { family: 'inet', table: this.#table };
    const asked = [{ list: { tables: { family: 'inet' } } }, { list: { sets: at } }];
    try {
      await this.#nft.list(asked, { item() {}, element }, this.#end.signal);
      this.#counts = counts;
    } catch (error) {
      // The table is gone: the engine's own looks find that. Or this is over.
      if (!(error instanceof NftError || this.#end.signal.aborted)) throw error;
    } finally {
      const ended = performance.now();
      const took = ended - began;
      this.#dueAt = took > WAIT_MS ? ended + took / PART : ended;
    }
  }
}
