import { lookupService } from 'node:dns/promises';
import { within } from '../model/within.ts';

export interface ReverseNamesOptions {
  /** Name of an address; rejects when it has none. Default: the system's resolver. */
  readonly lookup?: (address: string) => Promise<string>;
  /** Longest wait for the first answer about an address; default 1,000. */
  readonly waitMs?: number;
  /** Age at which a name is asked for again; default 5 minutes. */
  readonly freshMs?: number;
}

interface Entry {
  name: string | undefined;
  askedAt: number;
  asking: Promise<void> | undefined;
  /** Over when the first answer is there, or the wait for it. */
  first: Promise<void>;
}

const KEPT = 10_000;

/** Names of addresses, such that a dead resolver delays next to nothing: the first question about
 *  an address waits a moment, later ones take what is known and refresh it behind the scenes.
 *  One question at a time: the system's resolver holds a thread that files need too. */
export class ReverseNames {
  readonly #lookup: (address: string) => Promise<string>;
  readonly #waitMs: number;
  readonly #freshMs: number;
  readonly #entries = new Map<string, Entry>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: ReverseNamesOptions = {}) {
    this.#lookup =
      options.lookup ?? (async (address) => (await lookupService(address, 0)).hostname);
    this.#waitMs = options.waitMs ?? 1000;
    this.#freshMs = options.freshMs ?? 300_000;
  }

  /** Undefined when it has none, or none is known yet. */
  async of(address: string): Promise<string | undefined> {
    const entry = this.#entries.get(address) ?? this.#add(address);
    await entry.first;
    if (performance.now() - entry.askedAt > this.#freshMs)
      void this.#ask(address, entry);
    return entry.name;
  }

  #add(address: string): Entry {
    if (this.#entries.size >= KEPT) this.#entries.clear();
    const entry: Entry = {
      name: undefined,
      askedAt: Number.POSITIVE_INFINITY,
      asking: undefined,
      first: Promise.resolve(),
    };
    this.#entries.set(address, entry);
    entry.first = within(this.#waitMs, this.#ask(address, entry), () => {});
    return entry;
  }

  #ask(address: string, entry: Entry): Promise<void> {
    entry.asking ??= this.#inTurn(async () => {
      entry.name = await this.#lookup(address).catch(() => undefined);
      entry.askedAt = performance.now();
      entry.asking = undefined;
    });
    return entry.asking;
  }

  #inTurn(ask: () => Promise<void>): Promise<void> {
    const asked = this.#queue.then(ask);
    this.#queue = asked;
    return asked;
  }
}
