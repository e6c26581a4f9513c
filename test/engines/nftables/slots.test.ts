import fc from 'fast-check';
import t from 'tap';
import {
  accuracyOf,
  refusesScheduler,
  slotsFor,
} from '../../../lib/engines/nftables/slots.ts';
import { SCHEDULERS } from '../../../lib/schedulers/index.ts';
import {
  candidate,
  candidates,
  held,
  someCandidates,
} from '../../support/candidates.ts';

const KNOWN = [...Object.keys(SCHEDULERS), 'random'].filter((name) => accuracyOf(name));
const anyWeight = fc.oneof(fc.nat(9), fc.constantFrom(0, 1, 65535), fc.nat(65535));

function letters(scheduler: string, ...weights: readonly number[]): string {
  return slotsFor(scheduler, undefined, candidates(weights))
    .slots.map((index) => String.fromCharCode(97 + index))
    .join(' ');
}

t.test('every scheduler is followed or refused in words', async (t) => {
  const refused = Object.keys(SCHEDULERS).filter((name) => refusesScheduler(name));
  t.same(refused, ['lblc', 'lblcr', 'ovf']);
  for (const name of Object.keys(SCHEDULERS))
    t.equal(accuracyOf(name) === undefined, refused.includes(name), name);
  t.equal(refusesScheduler('rrr'), 'unknown scheduler "rrr"');
  t.equal(refusesScheduler('toString'), 'unknown scheduler "toString"');
  t.throws(() => slotsFor('lblc', undefined, candidates([1])), /lblc remembers/);
});

t.test('which ones need counts', async (t) => {
  const byCounts = KNOWN.filter((name) => accuracyOf(name) === 'feedback');
  t.same(byCounts, ['lc', 'wlc', 'sed', 'nq', 'twos']);
});

t.test('examples', async (t) => {
  t.equal(letters('rr', 1, 0, 5, 1), 'a c d');
  t.equal(letters('wrr', 5, 1, 1), 'a a a b a a c');
  t.equal(letters('wrr', 20, 20, 40), 'c a b c');
  t.equal(letters('fo', 3, 7, 7), 'b');
  t.equal(letters('random', 4, 2, 2), 'a a b c');
});

t.test('what the slot is looked up by', async (t) => {
  const by = (name: string, flags?: string) =>
    slotsFor(name, flags, candidates([1])).by;
  for (const name of ['rr', 'wrr', 'fo', 'lc', 'wlc', 'sed', 'nq'])
    t.equal(by(name), 'turn', name);
  for (const name of ['random', 'twos']) t.equal(by(name), 'random', name);
  t.equal(by('dh', 'sh-port'), 'destination');
  t.equal(by('sh'), 'source');
  t.equal(by('sh', 'sh-fallback'), 'source');
  t.equal(by('sh', 'sh-fallback,sh-port'), 'source-port');
  t.equal(by('mh', 'mh-port'), 'source-port');
  t.equal(by('mh', 'flag-1|flag-2'), 'source-port');
});

for (const name of KNOWN)
  t.test(`${name}: weight 0 is never picked, the list is bounded`, async (t) => {
    fc.assert(
      fc.property(someCandidates(anyWeight), (servers) => {
        const { slots } = slotsFor(name, undefined, servers);
        t.ok(slots.every((index) => (servers[index]?.weight ?? 0) > 0));
        t.equal(
          slots.length === 0,
          servers.every(({ weight }) => weight === 0),
        );
        t.ok(slots.length <= 4096);
        t.equal(String(slotsFor(name, undefined, servers).slots), String(slots));
      }),
      { numRuns: 20 },
    );
  });

t.test('wrr: at no point is a server a whole turn off its part', async (t) => {
  const someWeights = fc.array(fc.nat(40), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(someWeights, (weights) => {
      const { slots } = slotsFor('wrr', undefined, candidates(weights));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const had = weights.map(() => 0);
      for (const [at, index] of slots.entries()) {
        had[index] = (had[index] ?? 0) + 1;
        const off = weights.map(
          (weight, one) => (had[one] ?? 0) * total - weight * (at + 1),
        );
        if (off.some((one) => Math.abs(one) >= total))
          t.fail(`${weights} at ${at}: ${had}`);
      }
      for (const [one, weight] of weights.entries())
        t.equal((had[one] ?? 0) * total, weight * slots.length);
    }),
  );
});

t.test('weights of 1 to 65535: each has a slot, shares are met', async (t) => {
  const ten = [1, 2, 5, 30, 200, 1000, 5000, 20000, 40001, 65535];
  const total = ten.reduce((sum, weight) => sum + weight, 0);
  for (const name of ['wrr', 'random']) {
    const { slots } = slotsFor(name, undefined, candidates(ten));
    for (const [index, count] of held(slots, ten.length).entries()) {
      const off = Math.abs(count / slots.length - (ten[index] ?? 0) / total);
      t.ok(count >= 1 && off <= ten.length / 4096, `${name} ${ten[index]}: ${off}`);
    }
  }
});

t.test('thousands of servers have a slot each', async (t) => {
  const weights = Array.from({ length: 5000 }, (_, n) => 1 + (n % 7) * 9000);
  const { slots } = slotsFor('random', undefined, candidates(weights));
  t.equal(new Set(slots).size, 5000);
  t.ok(slots.length <= 10_000);
});

/** The server of each slot by its id, so that lists in another order can be compared. */
function owners(scheduler: string, servers: Parameters<typeof slotsFor>[2]): string[] {
  return slotsFor(scheduler, undefined, servers).slots.map(
    (index) => servers[index]?.id ?? '',
  );
}

for (const name of ['sh', 'dh', 'mh'])
  t.test(`${name}: a change of one server moves slots of it alone`, async (t) => {
    const case_ = fc.tuple(
      someCandidates(fc.integer({ min: 1, max: 9 })),
      fc.nat(),
      fc.integer({ min: 0, max: 9 }),
    );
    fc.assert(
      fc.property(case_, ([servers, pick, weight]) => {
        const at = pick % servers.length;
        const id = servers[at]?.id;
        const others = servers.filter((_, index) => index !== at);
        const all = owners(name, servers);
        const changed = servers.map((one, index) =>
          index === at ? { ...one, weight } : one,
        );
        for (const after of [owners(name, others), owners(name, changed)])
          for (const [slot, owner] of after.entries())
            if (owner !== all[slot] && owner !== id && all[slot] !== id)
              t.fail(`slot ${slot} went from ${all[slot]} to ${owner}`);
        t.equal(
          owners(name, [...servers].reverse()).join(),
          all.join(),
          'in any order',
        );
        const quiesced = servers.map((one, n) =>
          n === at ? { ...one, weight: 0 } : one,
        );
        t.equal(owners(name, quiesced).join(), owners(name, others).join());
      }),
      { numRuns: 25 },
    );
  });

t.test('mh: slots are spread as the weights are, within chance', async (t) => {
  const weights = [1, 2, 3, 4, 10, 1, 1, 1, 1, 1];
  const { slots } = slotsFor('mh', undefined, candidates(weights));
  t.equal(slots.length, 4096);
  for (const [index, count] of held(slots, weights.length).entries()) {
    const share = (weights[index] ?? 0) / 25;
    const deviation = Math.sqrt(share * (1 - share) * 4096);
    t.ok(Math.abs(count - share * 4096) < 4 * deviation, `${weights[index]}: ${count}`);
  }
});

t.test('sh: the lightest have a slot too, and move few of others', async (t) => {
  const weights = [65535, 65535, 65535, 1, 1, 1, 1];
  const before = owners('sh', candidates(weights));
  t.equal(new Set(before).size, weights.length);
  const after = owners('sh', candidates(weights.with(0, 0)));
  t.equal(new Set(after).size, weights.length - 1);
  const strays = after.filter(
    (owner, slot) => owner !== before[slot] && before[slot] !== '10.0.0.1:80',
  );
  t.ok(strays.length <= 2 * 4, `${strays.length} moved`);
});

t.test('servers that differ in the port alone are different ones', async (t) => {
  const two = [80, 81].map((port) =>
    candidate({ id: `10.0.0.1:${port}`, address: '10.0.0.1', port }, 0),
  );
  for (const count of held(slotsFor('mh', undefined, two).slots, 2))
    t.ok(count > 1800, String(count));
});
