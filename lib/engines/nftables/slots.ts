import { foreseen, LOADS } from './feedback.ts';
import { blocks, scaled, shares } from './picking/apportion.ts';
import { claims } from './picking/claims.ts';
import { turns } from './picking/turns.ts';
import { chances } from './picking/two-choices.ts';

/** A server that may be picked, with what is known of its connections. */
export interface Candidate {
  readonly id: string;
  /** Where connections go; numeric, no brackets. */
  readonly address: string;
  readonly port: number;
  /** 0: never picked. */
  readonly weight: number;
  readonly activeConnections: number;
  readonly inactiveConnections: number;
}

/** Which server a new connection goes to: the number that `by` gives, from 0 up to the number of
 *  slots, says which slot. Empty: nothing may be picked, refuse.
 *  - `turn`: 0, 1, 2 ... (`numgen inc mod N`). The first connection after a change must meet the
 *    first slot: make the rule anew, so that its counter begins at 0.
 *  - `random`: drawn (`numgen random mod N`); a server's slots are side by side.
 *  - `source`, `source-port`, `destination`: a hash of these (`jhash ip saddr mod N`,
 *    `jhash ip saddr . th sport mod N`, `jhash ip daddr mod N`). It needs a seed that never
 *    changes: without one the kernel draws a new seed for each new rule, and all clients move. */
export interface Slots {
  readonly by: 'turn' | 'random' | 'source' | 'source-port' | 'destination';
  /** Indices into the servers. */
  readonly slots: readonly number[];
}

/** `exact`: the slots need no counts, and are good until a server or a weight changes.
 *  `feedback`: they hold for the counts they were made from, and are to be made anew while these
 *  change, several times a second. */
export type Accuracy = 'exact' | 'feedback';

interface Picking {
  readonly accuracy: Accuracy;
  slots(servers: readonly Candidate[], flags: string, expected: number): Slots;
}

/** Most slots of a service with no more than half as many servers. */
const SLOTS = 4096;
/** Slots of sh and dh. What a client's slot is must never change, so the number does not. */
const HASH_SLOTS = 1024;
/** Slots of twos: its shares change all the time, and need no finer steps. */
const DRAWN_SLOTS = 512;
/** Slots of feedback at least: when more connections come than were expected, the list is gone
 *  through again, and four times is too often. Fewer would not be cheaper for the kernel. */
const FORESEEN_SLOTS = 256;

const PICKINGS = {
  rr: turn((servers) => servers.map(({ weight }) => (weight > 0 ? 1 : 0))),
  wrr: turn((servers) => shares(weightsOf(servers), SLOTS)),
  lc: feedback('lc'),
  wlc: feedback('wlc'),
  dh: hash(HASH_SLOTS, () => 'destination'),
  sh: hash(HASH_SLOTS, bySource),
  sed: feedback('sed'),
  nq: feedback('nq'),
  fo: turn(heaviest),
  mh: hash(SLOTS, bySource),
  twos: {
    accuracy: 'feedback',
    slots: (servers) => ({
      by: 'random',
      slots: blocks(scaled(chances(servers), DRAWN_SLOTS)),
    }),
  },
  random: {
    accuracy: 'exact',
    slots: (servers) => ({
      by: 'random',
      slots: blocks(shares(weightsOf(servers), SLOTS)),
    }),
  },
} as const satisfies Record<string, Picking>;

/** Why the others cannot be had from slots, in words for the operator. */
const REFUSED = {
  lblc: 'lblc remembers a server for each destination, which the kernel tables cannot; take dh, or set engine = net or ipvs',
  lblcr:
    'lblcr remembers servers for each destination, which the kernel tables cannot; take dh, or set engine = net or ipvs',
  ovf: 'ovf limits connections at every pick; counts some times a second would overrun it; give servers an upper threshold, or set engine = net or ipvs',
} as const satisfies Record<string, string>;

/** How exactly a scheduler is followed; undefined for one that is refused. */
export function accuracyOf(scheduler: string): Accuracy | undefined {
  return pickingOf(scheduler)?.accuracy;
}

/** Why a scheduler cannot be followed, in words for the operator; undefined when it can. */
export function refusesScheduler(scheduler: string): string | undefined {
  if (pickingOf(scheduler)) return undefined;
  return Object.hasOwn(REFUSED, scheduler)
    ? REFUSED[scheduler as keyof typeof REFUSED]
    : `unknown scheduler "${scheduler}"`;
}

/** The slots of a service; the same for the same arguments. Throws a RangeError for a scheduler
 *  that {@link refusesScheduler}.
 *  @param flags     schedflags as in the file, `sh-port,sh-fallback`; `sh-fallback` and
 *                   `mh-fallback` change nothing, since a slot always leads to a server
 *  @param expected  connections likely to come before the slots are made anew, as many as came in
 *                   the period before, say; feedback looks twice as far ahead, and 256 picks at
 *                   least. It overshoots when several times as many come */
export function slotsFor(
  scheduler: string,
  flags: string | undefined,
  servers: readonly Candidate[],
  expected = 0,
): Slots {
  const picking = pickingOf(scheduler);
  if (!picking) throw new RangeError(refusesScheduler(scheduler));
  return picking.slots(servers, flags ?? '', expected);
}

function pickingOf(scheduler: string): Picking | undefined {
  return Object.hasOwn(PICKINGS, scheduler)
    ? PICKINGS[scheduler as keyof typeof PICKINGS]
    : undefined;
}

/** In turn, each as often in a round as it counts. */
function turn(count: (servers: readonly Candidate[]) => readonly number[]): Picking {
  return {
    accuracy: 'exact',
    slots: (servers) => ({ by: 'turn', slots: turns(count(servers)) }),
  };
}

function hash(size: number, by: (flags: string) => Slots['by']): Picking {
  return {
    accuracy: 'exact',
    slots: (servers, flags) => ({ by: by(flags), slots: claims(servers, size) }),
  };
}

function feedback(name: keyof typeof LOADS): Picking {
  return {
    accuracy: 'feedback',
    slots(servers, _, expected) {
      const ahead = Math.max(FORESEEN_SLOTS, Math.min(SLOTS, 2 * Math.ceil(expected)));
      return { by: 'turn', slots: foreseen(LOADS[name], servers, ahead) };
    },
  };
}

/** Source: ipvsadm(8), `--sched-flags`. */
function bySource(flags: string): Slots['by'] {
  return /\b(?:sh-port|mh-port|flag-2)\b/.test(flags) ? 'source-port' : 'source';
}

function weightsOf(servers: readonly Candidate[]): readonly number[] {
  return servers.map(({ weight }) => weight);
}

/** All to the first of the highest weight. */
function heaviest(servers: readonly Candidate[]): readonly number[] {
  const highest = Math.max(...weightsOf(servers), 1);
  const first = servers.findIndex(({ weight }) => weight === highest);
  return servers.map((_, index) => (index === first ? 1 : 0));
}
