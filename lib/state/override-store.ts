import { readFile, rename, rm, stat } from 'node:fs/promises';
import type { Log } from '../model/log.ts';
import {
  type KeptOverride,
  type Override,
  type OverrideStore,
  overLine,
} from '../model/override.ts';
import { serviceLabel, type VirtualService } from '../model/virtual-service.ts';
import { writeAtomically } from './atomic-write.ts';
import {
  fingerprint,
  formatOverrides,
  parseOverrides,
  type StoredOverride,
} from './override-file.ts';

/** More than 10,000 overrides. */
const MOST_BYTES = 4 << 20;

/** The store, to be closed: what was kept last is written then. */
export interface OverrideFile extends OverrideStore {
  /** From now on the file is this director's, who may write it. */
  own(): void;
  close(): Promise<void>;
}

/** Opens the file in which operators' changes outlive the director. One that cannot be understood is
 *  set aside as `PATH.broken`. Never rejects: without it the changes end with the director, and the
 *  log says so.
 *  @param another  whether it is another director's still: nothing is written before {@link OverrideFile.own} */
export async function openOverrideFile(
  path: string,
  log: Log,
  another = false,
): Promise<OverrideFile> {
  const store = new Store(path, log, !another);
  await store.read();
  return store;
}

class Store implements OverrideFile {
  readonly #path: string;
  readonly #log: Log;
  /** Of the earlier run, what no service has asked for yet. */
  readonly #left = new Map<string, StoredOverride[]>();
  #written = '';
  #wanted: string | undefined;
  #writing: Promise<void> | undefined;
  #isOwn: boolean;

  constructor(path: string, log: Log, isOwn: boolean) {
    this.#path = path;
    this.#log = log;
    this.#isOwn = isOwn;
  }

  own(): void {
    this.#isOwn = true;
    this.#writing ??= this.#write();
  }

  async read(): Promise<void> {
    try {
      const { size } = await stat(this.#path);
      if (size > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`);
      this.#written = await readFile(this.#path, 'utf8');
      for (const row of parseOverrides(this.#written))
        this.#left.set(row.service, [...(this.#left.get(row.service) ?? []), row]);
    } catch (error) {
      if (isMissing(error)) return;
      this.#written = '';
      await this.#setAside(error);
    }
  }

  of(service: VirtualService): ReadonlyMap<string, Override> {
    const rows = this.#left.get(service.id) ?? [];
    this.#left.delete(service.id);
    const reals = new Map(service.reals.toReversed().map((real) => [real.id, real]));
    const overrides = new Map<string, Override>();
    for (const row of rows) {
      const real = reals.get(row.real);
      const { state, weight, by, since } = row;
      if (real && fingerprint(real) === row.configured)
        overrides.set(row.real, { state, weight, by, since });
      else this.#sayOver(row, serviceLabel(service), real !== undefined);
    }
    return overrides;
  }

  keep(overrides: readonly KeptOverride[]): void {
    // By now every service that there is has asked.
    for (const [service, rows] of this.#left)
      for (const row of rows) this.#sayOver(row, service, false);
    this.#left.clear();
    this.#wanted = overrides.length === 0 ? '' : formatOverrides(overrides);
    if (this.#isOwn) this.#writing ??= this.#write();
  }

  async close(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    await Promise.resolve(); // what is kept in one turn of the event loop is written once
    while (this.#wanted !== undefined) {
      const text = this.#wanted;
      this.#wanted = undefined;
      if (text === this.#written) continue;
      try {
        if (text === '') await rm(this.#path, { force: true });
        else await writeAtomically(this.#path, text);
        this.#written = text;
      } catch (error) {
        this.#log.error(
          `Cannot write ${this.#path}: ${reason(error)} (changes made at run time will not outlive the director)`,
        );
      }
    }
    // In the same breath: what is kept from now on begins anew.
    this.#writing = undefined;
  }

  async #setAside(why: unknown): Promise<void> {
    const broken = `${this.#path}.broken`;
    const aside = await rename(this.#path, broken).then(
      () => `; it is ${broken} now`,
      () => '',
    );
    this.#log.error(
      `Cannot read ${this.#path}: ${reason(why)} (changes made at run time are not in force again${aside})`,
    );
  }

  #sayOver(row: StoredOverride, label: string, isThere: boolean): void {
    this.#log.info(overLine(row.real, label, isThere ? 'changed' : 'gone', row));
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
