import { components } from '../../../model/components.ts';
import type { Lead } from './leads.ts';

/** A service as clients come to it at one port. */
export interface Stop {
  readonly id: string;
  readonly leads: readonly Lead[];
}

/** What is to be known of leads. */
export interface Ways {
  /** Where the lead goes: the same object for the same stop. */
  readonly stopOf: (lead: Lead) => Stop;
  /** Whether clients were led there before. */
  readonly isOld: (stop: Stop, lead: Lead) => boolean;
}

/** Leads are taken in this order, and what would make a cycle then is left out. A fixed one cannot be; a closed one
 *  leads only clients that persist. */
const RANKS = [
  'fixed',
  'in file',
  'new in file',
  'closed in file',
  'named',
  'newly named',
  'closed and named',
] as const;

type Rank = (typeof RANKS)[number];

/** Leads of one rank, by the stop that has them. */
type Ranked = ReadonlyMap<Stop, readonly Lead[]>;

const NONE: ReadonlySet<Stop> = new Set();

/** The leads without which nobody comes back to where it was: of each cycle the one that came last, one of a name
 *  rather than one of the file. What is on no cycle is looked at once. */
export function cutsOf(
  stops: readonly Stop[],
  ways: Ways,
): ReadonlyMap<Stop, readonly Lead[]> {
  const cuts = new Map<Stop, Lead[]>();
  const next = (stop: Stop) => onward(stop).map(ways.stopOf);
  for (const members of components(stops, next)) untangle(members, ways, cuts);
  return cuts;
}

function untangle(members: readonly Stop[], ways: Ways, cuts: Map<Stop, Lead[]>): void {
  const taken = new Taken(ways);
  for (const leads of rankedOf(members, ways)) {
    const circling = taken.circling(members, leads);
    for (const [stop, own] of leads) {
      const closing = taken.take(stop, own, circling.has(stop));
      if (closing.length > 0) cuts.set(stop, [...(cuts.get(stop) ?? []), ...closing]);
    }
  }
}

/** By rank, those that lead to one of the others. */
function rankedOf(
  members: readonly Stop[],
  { stopOf, isOld }: Ways,
): readonly Ranked[] {
  const inside = new Set(members);
  const ranked = new Map(RANKS.map((rank) => [rank, new Map<Stop, Lead[]>()]));
  for (const stop of members)
    for (const lead of onward(stop)) {
      if (!inside.has(stopOf(lead))) continue;
      const own = ranked.get(rankOf(lead, () => isOld(stop, lead)));
      const known = own?.get(stop);
      if (known) known.push(lead);
      else own?.set(stop, [lead]);
    }
  return [...ranked.values()].filter((leads) => leads.size > 0);
}

function rankOf({ isFixed, isOpen, isNamed }: Lead, isOld: () => boolean): Rank {
  if (isFixed) return 'fixed';
  if (!isOpen) return isNamed ? 'closed and named' : 'closed in file';
  if (isNamed) return isOld() ? 'named' : 'newly named';
  return isOld() ? 'in file' : 'new in file';
}

/** That a service is its own server is another matter. */
function onward({ id, leads }: Stop): readonly Lead[] {
  return leads.filter(({ to }) => to.id !== id);
}

/** Leads that make no cycle, forwards and backwards. */
class Taken {
  readonly #stopOf: (lead: Lead) => Stop;
  readonly #from = new Map<Stop, Stop[]>();
  readonly #to = new Map<Stop, Stop[]>();

  constructor({ stopOf }: Ways) {
    this.#stopOf = stopOf;
  }

  /** Those that would be on a cycle with these leads. */
  circling(
    members: readonly Stop[],
    leads: ReadonlyMap<Stop, readonly Lead[]>,
  ): ReadonlySet<Stop> {
    const next = (stop: Stop) => [
      ...(this.#from.get(stop) ?? []),
      ...(leads.get(stop) ?? []).map(this.#stopOf),
    ];
    return new Set(components(members, next).flat());
  }

  /** @param isCircling  whether one of them may make a cycle
   *  @returns           those that would, which are not taken */
  take(stop: Stop, leads: readonly Lead[], isCircling: boolean): readonly Lead[] {
    const before = isCircling ? this.#before(stop) : NONE;
    return leads.filter((lead) => {
      const to = this.#stopOf(lead);
      if (before.has(to)) return true;
      add(this.#from, stop, to);
      add(this.#to, to, stop);
      return false;
    });
  }

  /** All from which clients come to that stop, over any number. */
  #before(stop: Stop): ReadonlySet<Stop> {
    const all = new Set(this.#to.get(stop));
    for (const one of all)
      for (const source of this.#to.get(one) ?? []) all.add(source);
    return all;
  }
}

function add(known: Map<Stop, Stop[]>, key: Stop, stop: Stop): void {
  const all = known.get(key);
  if (all) all.push(stop);
  else known.set(key, [stop]);
}
