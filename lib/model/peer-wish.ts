import type { AdminState, RealRef } from './override.ts';
import { isCount, isObject, isTime, isWord } from './plain-values.ts';

/** Of a director's id. */
export const ID_DIGITS = 16;

/** What operators want of a real server, as one director tells it to another. */
export interface StampedWish extends RealRef {
  /** Grows with each change that a director makes or hears of: the higher one is the later one. */
  readonly count: number;
  /** Which director it was made at; where counts are equal the greater one wins, on both sides. */
  readonly origin: string;
  /** Null: what the file says, nothing by hand. */
  readonly wish: PeerWish | null;
}

export interface PeerWish {
  readonly state: AdminState;
  /** Null: the configured one. */
  readonly weight: number | null;
  readonly by: string;
  /** Of a drain with a deadline: to that, milliseconds. */
  readonly drainLeftMs?: number;
}

/** One of them as it outlives the director. */
export interface KeptWish extends StampedWish {
  /** What is in force here, in the words of `wordsOf`. */
  readonly here: string;
  /** It came from another director, and is not in force here yet. */
  readonly isDue: boolean;
}

/** What the next run goes on with. */
export interface LeftWishes {
  /** Of this director, for good. */
  readonly origin: string;
  readonly wishes: readonly KeptWish[];
}

const MOST_WEIGHT = 65_535;
/** A year. */
const MOST_MS = 31_536_000_000;
const ID = new RegExp(`^[0-9a-f]{${ID_DIGITS}}$`);
const STATES: readonly unknown[] = [
  'ready',
  'drain',
  'maintenance',
] satisfies AdminState[];

export function isDirectorId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

/** Whether what came from outside is one. */
export function isStampedWish(row: unknown): row is StampedWish {
  if (!isObject(row)) return false;
  const { service, real, count, origin, wish } = row;
  return (
    isWord(service) &&
    isWord(real) &&
    isCount(count) &&
    isDirectorId(origin) &&
    (wish === null || isWish(wish))
  );
}

function isWish(value: unknown): value is PeerWish {
  if (!isObject(value)) return false;
  const { state, weight, by, drainLeftMs } = value;
  return (
    STATES.includes(state) &&
    (weight === null || (isCount(weight) && weight <= MOST_WEIGHT)) &&
    isWord(by) &&
    (drainLeftMs === undefined || (isTime(drainLeftMs) && drainLeftMs <= MOST_MS))
  );
}
