import type { EventLog } from '../../director/desk.ts';
import { COLUMNS, type Column, type ColumnName } from './stat-columns.ts';
import type { StatRow } from './stat-rows.ts';
import { createTurns } from './turns.ts';

/** What `show stat` tells beyond the status: rates, maxima, how often and how long servers were down;
 *  and from where on it counts. It lives as long as its socket. */
export interface Figures extends Disposable {
  /** The rows with all that.
   *  @param now  wall clock, milliseconds since 1970 */
  complete(rows: readonly StatRow[], now: number): readonly StatRow[];
  /** `clear counters`: maxima begin anew. With `all` counters do too, here and nowhere else. */
  clear(rows: readonly StatRow[], all: boolean): void;
}

/** A rate is a mean since the last look, which must be a second ago; after so long it says nothing. */
const LEAST_MS = 1_000;
const MOST_MS = 300_000;

interface Memory {
  /** Of the last look that a rate is from. */
  at: number;
  sessions: number;
  rate: number | undefined;
  mostRate: number | undefined;
  mostSessions: number;
  /** Counters from which on is counted; undefined: from 0. */
  base: Partial<Record<ColumnName, number>> | undefined;
}

const COUNTERS = COLUMNS.filter(
  (column: Column) => column.tags?.[1] === 'C' && column.type !== 'str',
).map(({ name }) => name);

/** Memory of one entry an object, which goes with it. Nothing is done while nobody asks, but that
 *  changes of state are counted. */
export function createFigures(events: EventLog): Figures {
  const memories = new Map<string, Memory>();
  const turns = createTurns(events);

  const recall = (row: StatRow, now: number): Memory => {
    const key = keyOf(row);
    const known = memories.get(key);
    const memory = known ?? {
      ...{ at: now, sessions: row.sessions, rate: undefined, mostRate: undefined },
      ...{ mostSessions: 0, base: undefined },
    };
    if (!known) memories.set(key, memory);
    return memory;
  };
  const prune = (rows: readonly StatRow[]) => {
    const there = new Set(rows.map(keyOf));
    for (const key of memories.keys()) if (!there.has(key)) memories.delete(key);
  };
  const counted = (row: StatRow, now: number): StatRow => ({
    ...row,
    cells: { ...row.cells, ...turns.cells(row, now) },
  });

  return {
    complete(rows, now) {
      prune(rows);
      return rows.map((row) => measured(counted(row, now), recall(row, now), now));
    },
    clear(rows, all) {
      prune(rows);
      const now = Date.now();
      for (const row of rows) {
        const memory = recall(row, now);
        memory.mostSessions = 0;
        memory.mostRate = undefined;
        if (!all) continue;
        const { cells } = counted(row, now);
        memory.base = Object.fromEntries(
          COUNTERS.map((name) => [name, Number(cells[name] ?? 0)]),
        );
      }
    },
    [Symbol.dispose]: () => turns[Symbol.dispose](),
  };
}

function keyOf({ kind, service, real }: StatRow): string {
  return `${kind} ${service} ${real}`;
}

function measured(row: StatRow, memory: Memory, now: number): StatRow {
  const { cells, kind } = row;
  takeRate(row, memory, now);
  const { rate, mostRate } = memory;
  memory.mostSessions = Math.max(memory.mostSessions, Number(cells.scur ?? 0));
  const connections = kind === 'F' ? { conn_rate: rate, conn_rate_max: mostRate } : {};
  return {
    ...row,
    cells: {
      ...cells,
      ...sinceBase(row, memory.base),
      ...{ smax: memory.mostSessions, rate, rate_max: mostRate },
      ...connections,
    },
  };
}

function takeRate({ sessions }: StatRow, memory: Memory, now: number): void {
  const ms = now - memory.at;
  if (ms < LEAST_MS && ms >= 0) return;
  const good = ms >= LEAST_MS && ms <= MOST_MS && sessions >= memory.sessions;
  memory.rate = good
    ? Math.round(((sessions - memory.sessions) * 1000) / ms)
    : undefined;
  memory.at = now;
  memory.sessions = sessions;
  if (memory.rate !== undefined)
    memory.mostRate = Math.max(memory.mostRate ?? 0, memory.rate);
}

function sinceBase({ cells }: StatRow, base: Memory['base']): StatRow['cells'] {
  if (base === undefined) return {};
  const counted: Partial<Record<ColumnName, number>> = {};
  for (const name of COUNTERS) {
    const value = cells[name];
    const from = base[name] ?? 0;
    // One that left and came back counts from 0.
    if (typeof value === 'number') counted[name] = value >= from ? value - from : value;
  }
  return counted;
}
