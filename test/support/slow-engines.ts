import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ServiceOutcome, ServiceTable } from '../../lib/model/engine.ts';
import type { EngineName } from '../../lib/model/virtual-service.ts';
import { WEB } from './director.ts';
import { carried, type RecordingEngine, recordingEngine } from './recording-engine.ts';

export const NAMES = ['net', 'nftables', 'ipvs'] as const satisfies EngineName[];
export type Name = (typeof NAMES)[number];

/** Engines that take their time over a table, and which of them have the service at each moment: from
 *  the end of an apply() that gives it to them to the beginning of one that does not. */
export class SlowEngines {
  readonly all: Readonly<Record<Name, RecordingEngine>>;
  readonly having = new Set<Name>();
  /** Moments at which none had it, though one had had it. */
  gaps = 0;
  readonly #turns: () => number;
  readonly #given = new Set<Name>();
  readonly #broken = new Set<Name>();

  /** @param turns  of the event loop that the next apply() takes */
  constructor(turns: () => number) {
    this.#turns = turns;
    const engine = (name: Name) =>
      recordingEngine({ apply: (table) => this.#apply(name, table) });
    this.all = {
      net: engine('net'),
      nftables: engine('nftables'),
      ipvs: engine('ipvs'),
    };
  }

  /** It takes nothing new from now on; what it has it keeps. */
  break(name: Name): void {
    this.#broken.add(name);
  }

  /** It takes what it was given. */
  mend(name: Name): void {
    if (!this.#broken.delete(name) || !this.#given.has(name)) return;
    this.having.add(name);
    this.all[name].tell({ type: 'outcome', outcome: { id: WEB, state: 'carried' } });
  }

  async #apply(name: Name, table: ServiceTable): Promise<readonly ServiceOutcome[]> {
    const entry = table.find(({ service }) => service.id === WEB);
    if (!entry) this.#letGo(name);
    for (let turns = this.#turns(); turns > 0; turns--) await nextTurn();
    if (!entry) return [];
    this.#given.add(name);
    if (!this.#broken.has(name)) this.having.add(name);
    return [
      this.having.has(name)
        ? carried(entry)
        : { id: WEB, state: 'failed', problem: 'it is broken' },
    ];
  }

  #letGo(name: Name): void {
    this.#given.delete(name);
    if (this.having.delete(name) && this.having.size === 0) this.gaps++;
  }
}
