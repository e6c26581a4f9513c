import t from 'tap';
import { slotsFor } from '../../../lib/engines/nftables/slots.ts';
import { candidates } from '../../support/candidates.ts';
import { type Picker, type Story, simulate } from '../../support/pick-simulation.ts';

type Name = 'lc' | 'wlc';

const PERIOD = 0.25;
/** From the counts to the slots in force: events read, rule made, kernel told. */
const LATENCY = 0.03;

/** Picks as the kernel does from slots made anew four times a second.
 *  @param foresees  connections expected; undefined: as many as came in the period before */
function bySlots(
  scheduler: Name,
  weightsAt: (now: number) => readonly number[],
  foresees?: number,
): Picker {
  let slots: readonly number[] = [];
  let taken = 0;
  let due = 0;
  let counts: { readonly at: number; readonly active: readonly number[] } | undefined;
  return (now, active) => {
    if (!counts && now >= due - LATENCY) counts = { at: now, active: [...active] };
    if (counts && now >= counts.at + LATENCY) {
      const { active: counted } = counts;
      const servers = candidates(weightsAt(now)).map((one, index) => ({
        ...one,
        activeConnections: counted[index] ?? 0,
      }));
      slots = slotsFor(scheduler, undefined, servers, foresees ?? taken).slots;
      taken = 0;
      counts = undefined;
      due = now + PERIOD;
    }
    return slots[taken++ % slots.length] ?? 0;
  };
}

function byExact(weights: readonly number[]): Picker {
  return (_, active) => {
    let best = 0;
    for (const [index, weight] of weights.entries())
      if ((active[index] ?? 0) * (weights[best] ?? 1) < (active[best] ?? 0) * weight)
        best = index;
    return best;
  };
}

function inTurn(weights: readonly number[]): Picker {
  const { slots } = slotsFor('wrr', undefined, candidates(weights));
  let taken = 0;
  return () => slots[taken++ % slots.length] ?? 0;
}

const TEN = new Array<{ weight: number; slow?: number }>(10).fill({ weight: 1 });
const STORIES: readonly (Story & {
  readonly name: string;
  /** Connections that the mean deviation stays below: a half more than was measured. */
  readonly below: number;
})[] = [
  { name: 'of 10 s', rate: 100, length: 10, servers: TEN, seconds: 120, below: 1.8 },
  { name: 'of 1 s', rate: 1000, length: 1, servers: TEN, seconds: 40, below: 4.2 },
  { name: 'of 0.1 s', rate: 1000, length: 0.1, servers: TEN, seconds: 40, below: 2.4 },
  {
    name: 'that last thrice as long on one server',
    rate: 400,
    length: 2,
    servers: TEN.with(0, { weight: 1, slow: 3 }),
    seconds: 60,
    below: 3.7,
  },
  {
    name: 'by weights 1, 2, 4',
    rate: 300,
    length: 3,
    servers: [{ weight: 1 }, { weight: 2 }, { weight: 4 }],
    seconds: 60,
    below: 3.8,
  },
];

for (const { name, below, ...story } of STORIES)
  t.test(`wlc by feedback stays near exact: connections ${name}`, async (t) => {
    const weights = story.servers.map(({ weight }) => weight);
    const ours = simulate(
      story,
      bySlots('wlc', () => weights),
    );
    const best = simulate(story, byExact(weights));
    const turns = simulate(story, inTurn(weights));
    const words = Object.entries({ ours, best, turns }).map(
      ([who, { mean, max }]) => `${who} ${mean.toFixed(1)} / ${max.toFixed(0)}`,
    );
    t.comment(`${ours.active.toFixed(0)} active; mean / most off: ${words.join(', ')}`);
    t.ok(ours.mean < below, `${ours.mean} < ${below}`);
    t.ok(ours.mean <= turns.mean, 'no worse than in turn');
  });

t.test('when twice as many come as it foresaw it does not swing', async (t) => {
  const story = { rate: 2000, length: 0.5, servers: TEN, seconds: 20 };
  const weights = TEN.map(() => 1);
  const ours = simulate(
    story,
    bySlots('wlc', () => weights, 1),
  );
  const turns = simulate(story, inTurn(weights));
  t.comment(`mean off: ${ours.mean.toFixed(1)}, in turn ${turns.mean.toFixed(1)}`);
  t.ok(ours.mean < 1.3 * turns.mean, `${ours.mean} is near ${turns.mean}`);
});

/** Ten servers, the last of which joins at `joins`: the most that it gets of the connections of any
 *  second, and after how many seconds it has 95 % of the mean. */
function newcomer(story: { rate: number; length: number }, joins = 30) {
  const weights = (now: number) => TEN.map((_, n) => (n === 9 && now < joins ? 0 : 1));
  const slots = bySlots('lc', weights);
  const all = new Array<number>(45).fill(0);
  const its = [...all];
  const count = (list: number[], at: number) => list.splice(at, 1, (list[at] ?? 0) + 1);
  let level = Infinity;
  simulate({ ...story, servers: TEN, seconds: 45 }, (now, active) => {
    const pick = slots(now, active);
    count(all, Math.floor(now));
    if (pick === 9) count(its, Math.floor(now));
    const mean = active.reduce((sum, one) => sum + one, 0) / 10;
    if ((active[9] ?? 0) > 0.95 * mean) level = Math.min(level, now - joins);
    return pick;
  });
  return { most: Math.max(...its.map((mine, at) => mine / (all[at] || 1))), level };
}

t.test('a new server catches up in seconds, and is not flooded', async (t) => {
  for (const story of [
    { rate: 100, length: 10 },
    { rate: 1000, length: 1 },
  ]) {
    const { most, level } = newcomer(story);
    t.comment(
      `at most ${most.toFixed(2)} of a second's, level in ${level.toFixed(1)} s`,
    );
    t.ok(most < 0.6, `at most ${most} of the connections of a second`);
    t.ok(level < story.length, `level in ${level} s`);
  }
});
