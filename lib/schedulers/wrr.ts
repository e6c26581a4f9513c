import { greatestCommonDivisor } from '../model/gcd.ts';
import type { Row, Scheduler, ServiceView } from '../model/scheduler.ts';

/** The weights and the levels that a cycle goes through: `top`, `top - step` ... 1. */
interface Levels {
  readonly weights: Float64Array;
  /** Greatest common divisor of the weights above 0; 1 when there is none. */
  readonly step: number;
  /** Highest weight - (step - 1), so that the last level is always 1. */
  readonly top: number;
}

/** Weighted round-robin: passes over the servers at falling levels, each pass taking those whose
 *  weight reaches the level; weights 3, 1, 1 give a a a b c. The cursor holds the last row + 1
 *  (0: begin at the head) and the level. Grows with the number of servers.
 *  Source: ipvsadm(8), "wrr"; net/netfilter/ipvs. */
export const wrr: Scheduler = {
  summary: 'in turn, each as often as its weight, heaviest first',
  restarts: true,
  pick(service) {
    const { cursor } = service;
    const levels = service.derive(levelsOf);
    const last = cursor[0] ?? 0;
    const level = last === 0 ? firstLevel(levels, cursor[1] ?? 0) : (cursor[1] ?? 0);
    const next = nextAt(service, last, level);
    if (next !== undefined) return turn(cursor, next, level);
    const row = firstBelow(service, levels, level);
    if (row === undefined) return refuse(cursor, levels, last, level);
    return turn(cursor, row, Math.min(levelBelow(levels, level), reach(levels, row)));
  },
};

function levelsOf(service: ServiceView): Levels {
  const weights = Float64Array.from({ length: service.size }, (_, row) =>
    service.weight(row),
  );
  const step = greatestCommonDivisor(weights) || 1;
  const highest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  return { weights, step, top: Math.max(0, highest - (step - 1)) };
}

/** After a change the pass begins at the head, at the old level as far as it still is one. */
function firstLevel({ step, top }: Levels, level: number): number {
  if (level <= 0 || level > top) return top;
  return step === 1 ? level : Math.floor(level / step) * step + 1;
}

function nextAt(service: ServiceView, from: Row, level: number): Row | undefined {
  const { values: weights, at } = service.column('eligibleWeight');
  for (let row = from; row < at.length; row++)
    if ((weights[at[row] ?? 0] ?? 0) >= level && service.eligible(row)) return row;
  return undefined;
}

/** The first server that reaches the next level, or else, since the level falls until one does,
 *  the first of the heaviest. Going there at once instead of level by level bounds a pick however
 *  high the weights are. */
function firstBelow(
  service: ServiceView,
  levels: Levels,
  level: number,
): Row | undefined {
  const { values: weights, at } = service.column('eligibleWeight');
  const below = levelBelow(levels, level);
  let best: Row | undefined;
  let heaviest = 0;
  for (let row = 0; row < at.length && heaviest < below; row++) {
    const weight = weights[at[row] ?? 0] ?? 0;
    if (weight <= heaviest || !service.eligible(row)) continue;
    best = row;
    heaviest = weight;
  }
  return best;
}

/** One level down, or the top again. */
function levelBelow({ step, top }: Levels, level: number): number {
  return level > step ? level - step : top;
}

/** The highest level at which the row's turn comes. */
function reach({ weights, step }: Levels, row: Row): number {
  return (weights[row] ?? 0) - (step - 1);
}

function turn(cursor: Int32Array, row: Row, level: number): Row {
  cursor[0] = row + 1;
  cursor[1] = level;
  return row;
}

/** The kernel gives up where its walk ends: at the head, unless it was on its last level. */
function refuse(
  cursor: Int32Array,
  { step, top }: Levels,
  last: Row,
  level: number,
): undefined {
  if (last > 0 && level <= step) return undefined;
  cursor[0] = 0;
  cursor[1] = top;
  return undefined;
}
