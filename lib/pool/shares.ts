import { greatestCommonDivisor } from '../model/gcd.ts';

/** A server that takes clients. */
export interface Sharer {
  /** Above 0. */
  readonly weight: number;
  /** What it is to have of its share, above 0 to 1: 1 is all of it. */
  readonly part: number;
}

/** What ipvsadm takes, and the engines reckon with. */
const MOST_WEIGHT = 65_535;
/** How far a weight may be from what its share asks for. */
const TOLERANCE = 0.05;
/** From here on rounding keeps to that by itself. */
const FINE = 0.5 / TOLERANCE;

/** Weights that give each server its part of the share that it would have by its weight, and what is left
 *  to those that have all of theirs, by their weights. As small as can be, since a scheduler that goes
 *  round by weights serves the small ones late in a large round.
 *  @returns whole numbers from 1 on, in the order of the servers; above 65535 only where a weight is */
export function weightsFor(sharers: readonly Sharer[]): readonly number[] {
  const ratios = ratiosOf(sharers);
  const factor = factorFor(sharers, ratios);
  return ratios.map((ratio) => Math.max(1, Math.round(ratio * factor)));
}

/** The weights as real numbers: whole ones for servers with all of their share. */
function ratiosOf(sharers: readonly Sharer[]): readonly number[] {
  const whole = sharers.filter(({ part }) => part === 1);
  const sum = (of: readonly Sharer[]) =>
    of.reduce((all, { weight }) => all + weight, 0);
  const taken = sharers.reduce(
    (all, { weight, part }) => (part === 1 ? all : all + weight * part),
    0,
  );
  // What each unit of weight of theirs stands for; they share what the others leave.
  const unit = whole.length === 0 ? taken : (sum(sharers) - taken) / sum(whole);
  const divisor = greatestCommonDivisor(whole.map(({ weight }) => weight)) || 1;
  return sharers.map(({ weight, part }) =>
    part === 1 ? weight / divisor : (weight * part) / (unit * divisor),
  );
}

/** The least factor that makes whole numbers of them, about. */
function factorFor(sharers: readonly Sharer[], ratios: readonly number[]): number {
  const parted = ratios.filter((_, row) => sharers[row]?.part !== 1);
  const most = Math.max(1, Math.floor(MOST_WEIGHT / Math.max(...ratios)));
  const fine = Math.min(most, Math.ceil(FINE / Math.min(...parted)));
  for (let factor = 1; factor < fine; factor++)
    if (parted.every((ratio) => isClose(ratio * factor))) return factor;
  return fine;
}

function isClose(wanted: number): boolean {
  return Math.abs(Math.round(wanted) - wanted) <= TOLERANCE * wanted;
}
