import fc from 'fast-check';
import t from 'tap';
import { foreseen, LOADS } from '../../../lib/engines/nftables/feedback.ts';
import { slotsFor } from '../../../lib/engines/nftables/slots.ts';
import { SCHEDULERS } from '../../../lib/schedulers/index.ts';
import {
  candidate,
  candidates,
  held,
  someCandidates,
} from '../../support/candidates.ts';
import { client, PlainView } from '../../support/plain-view.ts';

const NAMES = ['lc', 'wlc', 'sed', 'nq'] as const;
type Name = (typeof NAMES)[number];

/** What the scheduler itself picks one after the other, if no connection ends. */
function exact(
  name: Name,
  servers: readonly ReturnType<typeof candidate>[],
  count: number,
): readonly number[] {
  const view = new PlainView(
    SCHEDULERS[name],
    servers.map(({ weight, activeConnections, inactiveConnections }) => ({
      weight,
      active: activeConnections,
      inactive: inactiveConnections,
    })),
  );
  return Array.from({ length: count }, () => {
    const row = SCHEDULERS[name].pick(view, client()) ?? -1;
    view.at(row).active++;
    return row;
  });
}

for (const name of NAMES) {
  t.test(`${name}: the first picks are those of the scheduler`, async (t) => {
    fc.assert(
      fc.property(someCandidates(fc.integer({ min: 0, max: 9 })), (servers) => {
        if (servers.every(({ weight }) => weight === 0)) return;
        t.same(foreseen(LOADS[name], servers, 4).slice(0, 4), exact(name, servers, 4));
      }),
    );
  });

  t.test(`${name}: among servers that are nearly level, all picks are`, async (t) => {
    const near = fc.record({
      weight: name === 'lc' ? fc.constant(1) : fc.constantFrom(2, 2, 3),
      above: fc.nat(2),
      inactiveConnections: fc.nat(50),
    });
    const several = fc
      .array(near, { minLength: 2, maxLength: 6 })
      .map((servers) =>
        servers.map(({ above, ...one }, index) =>
          candidate({ ...one, activeConnections: one.weight * 100 + above }, index),
        ),
      );
    fc.assert(
      fc.property(several, (servers) => {
        t.same(foreseen(LOADS[name], servers, 60), exact(name, servers, 60));
      }),
      { numRuns: 30 },
    );
  });

  t.test(`${name}: nobody is flooded, at no point of the list`, async (t) => {
    fc.assert(
      fc.property(someCandidates(fc.integer({ min: 1, max: 9 })), (servers) => {
        const shareOf = (weight: number) =>
          name === 'lc'
            ? 1 / servers.length
            : weight / servers.reduce((sum, one) => sum + one.weight, 0);
        const most = servers.map(({ weight }) => {
          const share = shareOf(weight);
          return (4 * share) / (1 + 3 * share);
        });
        const had = servers.map(() => 0);
        for (const [pick, index] of foreseen(LOADS[name], servers, 200).entries()) {
          had[index] = (had[index] ?? 0) + 1;
          if ((had[index] ?? 0) > 5 + (most[index] ?? 0) * pick)
            t.fail(`${had[index]} of the first ${pick + 1} go to ${index}`);
        }
        t.pass();
      }),
    );
  });
}

t.test('a new server among busy ones gets more than its share, not all', async (t) => {
  const busy = candidates(new Array<number>(10).fill(1)).map((one, index) => ({
    ...one,
    activeConnections: index === 3 ? 0 : 1000,
  }));
  for (const name of NAMES) {
    const { slots } = slotsFor(name, undefined, busy, 500);
    t.equal(slots.length, 1000);
    t.equal(slots[0], 3, 'the first connection is its');
    const [least, most] = [4 / 13, 4 / 13 + 5 / 1000].map((part) => part * 1000);
    const got = held(slots, 10)[3] ?? 0;
    t.ok(got >= (least ?? 0) && got <= (most ?? 0), `${name}: ${got}`);
    t.ok(
      held(slots, 10).every((count) => count > 60),
      'the others are not left out',
    );
  }
});

t.test('level counts give each its turn', async (t) => {
  const letters = (name: Name, weights: readonly number[]) =>
    slotsFor(name, undefined, candidates(weights))
      .slots.slice(0, 6)
      .map((index) => 'abc'[index])
      .join('');
  t.equal(letters('lc', [1, 5, 1]), 'abcabc');
  t.equal(letters('wlc', [1, 2]), 'abbabb');
  t.equal(letters('sed', [1, 2]), 'babbab');
  t.equal(letters('nq', [1, 9]), 'abbbbb');
});

t.test('only one server: all is its', async (t) => {
  t.same(new Set(slotsFor('lc', undefined, candidates([0, 7])).slots), new Set([1]));
});
