import { rm } from 'node:fs/promises';
import { writeAtomically } from '../model/atomic-write.ts';
import { grouped } from '../model/grouped.ts';
import type { Log } from '../model/log.ts';
import {
  type EndingDrain,
  type KeptOverride,
  type Override,
  type OverrideStore,
  overLine,
} from '../model/override.ts';
import { reasonOf } from '../model/reason.ts';
import { serviceLabel, type VirtualService } from '../model/virtual-service.ts';
import {
  fingerprint,
  formatOverrides,
  legibleNames,
  parseOverrides,
  type StoredOverride,
  VERSION,
} from './override-file.ts';
import { readSealed, type SealedKind } from './read-sealed.ts';

const KIND = {
  version: VERSION,
  mostBytes: 4 << 20, // of more than 10,000 overrides
  parse: (text: string) => ({ text, rows: parseOverrides(text) }),
  lost(text: string) {
    const names = legibleNames(text);
    const of = names === '' ? '' : `, of ${names}`;
    return `changes made at run time are not in force again${of}`;
  },
} as const satisfies SealedKind<unknown>;
/** What could not be written is tried again after that time. */
const AGAIN_MS = 10_000;

/** The store, to be closed: what was kept last is written then. */
export interface OverrideFile extends OverrideStore {
  /** From now on the file is this director's, who may write it. */
  own(): void;
  /** Tries again what could not be written. @returns as {@link OverrideStore.keep} */
  flush(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** What could not be written, why, and when it is tried again. */
interface Unwritten {
  readonly overrides: readonly KeptOverride[];
  readonly problem: string;
  readonly timer: NodeJS.Timeout;
}

interface Options {
  /** Milliseconds until what could not be written is tried again. */
  readonly againMs?: number;
  /** It is another director's still: nothing is written before {@link OverrideFile.own}. */
  readonly another?: boolean;
}

/** Opens the file in which operators' changes outlive the director. One that is not as it was written is
 *  set aside. Never rejects: without it the changes end with the director, and the log says so. */
export async function openOverrideFile(
  path: string,
  log: Log,
  { againMs = AGAIN_MS, another = false }: Options = {},
): Promise<OverrideFile> {
  const store = new Store(path, log, againMs, !another);
  await store.read();
  return store;
}

class Store implements OverrideFile {
  readonly #path: string;
  readonly #log: Log;
  readonly #againMs: number;
  /** Of the earlier run, what no service has asked for yet. */
  #left = new Map<string, StoredOverride[]>();
  /** Of what was asked for, what {@link drains} has not told yet. */
  readonly #drains: EndingDrain[] = [];
  /** What is in the file; undefined: that is not known. */
  #written: string | undefined = '';
  #wanted: readonly KeptOverride[] | undefined;
  #writing: Promise<void> | undefined;
  #unwritten: Unwritten | undefined;
  #isOwn: boolean;

  constructor(path: string, log: Log, againMs: number, isOwn: boolean) {
    this.#path = path;
    this.#log = log;
    this.#againMs = againMs;
    this.#isOwn = isOwn;
  }

  own(): void {
    this.#isOwn = true;
    if (this.#wanted !== undefined) this.#want(this.#wanted);
  }

  async read(): Promise<void> {
    const found = await readSealed(this.#path, KIND, this.#log);
    if (found === undefined) return;
    this.#left = grouped(found.rows, ({ service }) => service);
    this.#written = found.text;
  }

  of(service: VirtualService): ReadonlyMap<string, Override> {
    const rows = this.#left.get(service.id) ?? [];
    this.#left.delete(service.id);
    const reals = new Map(service.reals.toReversed().map((real) => [real.id, real]));
    const overrides = new Map<string, Override>();
    for (const row of rows) {
      const real = reals.get(row.real);
      const { state, weight, by, since, drain } = row;
      if (real && fingerprint(real) === row.configured) {
        overrides.set(row.real, { state, weight, by, since });
        // Another director that still has it hands it on itself.
        if (drain && this.#isOwn)
          this.#drains.push({ service: service.id, real: row.real, ...drain });
      } else this.#sayOver(row, serviceLabel(service), real !== undefined);
    }
    return overrides;
  }

  drains(): readonly EndingDrain[] {
    return this.#drains.splice(0);
  }

  async keep(overrides: readonly KeptOverride[]): Promise<string | undefined> {
    // By now every service that there is has asked.
    for (const [service, rows] of this.#left)
      for (const row of rows) this.#sayOver(row, service, false);
    this.#left.clear();
    this.#want(overrides);
    await this.#writing;
    return this.#unwritten?.problem;
  }

  async flush(): Promise<string | undefined> {
    await this.#writing;
    if (this.#unwritten) this.#want(this.#unwritten.overrides);
    await this.#writing;
    return this.#unwritten?.problem;
  }

  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#unwritten?.timer);
  }

  #want(overrides: readonly KeptOverride[]): void {
    this.#wanted = overrides;
    if (this.#isOwn) this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    await Promise.resolve(); // what is kept in one turn of the event loop is written once
    while (this.#wanted !== undefined) {
      const overrides = this.#wanted;
      this.#wanted = undefined;
      const text = overrides.length === 0 ? '' : formatOverrides(overrides).join('');
      if (text !== this.#written) await this.#put(text, overrides);
    }
    // In the same breath: what is kept from now on begins anew.
    this.#writing = undefined;
  }

  async #put(text: string, overrides: readonly KeptOverride[]): Promise<void> {
    const failedBefore = this.#unwritten !== undefined;
    clearTimeout(this.#unwritten?.timer);
    this.#unwritten = undefined;
    try {
      if (text === '') await rm(this.#path, { force: true });
      else await writeAtomically(this.#path, [text]);
      this.#written = text;
      if (failedBefore) this.#log.info(`${this.#path} is written again`);
    } catch (error) {
      this.#written = undefined;
      const timer = setTimeout(() => this.#want(overrides), this.#againMs);
      const problem = `${this.#path} cannot be written: ${reasonOf(error)}`;
      this.#unwritten = { overrides, timer, problem };
      if (!failedBefore)
        this.#log.error(
          `Cannot write ${this.#path}: ${reasonOf(error)} (until it can be, changes made at run time will not outlive the director)`,
        );
    }
  }

  #sayOver(row: StoredOverride, label: string, isThere: boolean): void {
    this.#log.info(overLine(row.real, label, isThere ? 'changed' : 'gone', row));
  }
}
