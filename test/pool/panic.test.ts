import fc from 'fast-check';
import t from 'tap';
import type { Override } from '../../lib/model/override.ts';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';
import { A, B, FALLBACK, FINE, REFUSED, TWO } from '../support/pool-cast.ts';
import { type Move, play, poolRules } from '../support/pool-script.ts';
import { bad, good, maintained } from '../support/reports.ts';

const C = '10.1.1.23:80';
const D = '10.1.1.24:80';
const FOUR = [A, B, C, D];
const options = { ...OPTIONS, panicThreshold: 50 };
const four: Partial<VirtualService> = {
  ...{ reals: FOUR.map((place) => aReal(place)), options, fallback: FALLBACK },
};
const up: readonly Move[] = FOUR.map((place) => [place, good()]);
const fail = (...places: readonly string[]): readonly Move[] =>
  places.map((place) => [place, bad()]);
const by = { by: 'me', since: '2026-11-23T13:30:07.000Z' };
const hand = (of: string, override?: Partial<Override>): Move => ({
  of,
  override: override && { state: 'ready', weight: null, ...by, ...override },
});
const LABEL = '(10.1.1.19:80)';

poolRules([
  {
    rule: 'who fails past the threshold is down and stays in force; the fallback stays away',
    service: { reals: TWO, options, fallback: FALLBACK },
    moves: [[A, good()], [B, good()], ...fail(A, B), [A, good()]],
    told: [
      `Added real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
      'fallbackcommand stop',
      `Added real server: ${B} ${LABEL} (Weight set to 1) ${FINE}`,
      `Deleted real server: ${A} ${LABEL} ${REFUSED}`,
      `Panic: real server: ${B} ${LABEL} is down and stays in force: 2 of 2 are down, and panic-threshold lets go 50 % of them ${REFUSED}`,
      `Resetting soft failure count: ${A} (tcp:10.1.1.19:80)`,
      `Added real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
      `Deleted real server: ${B} ${LABEL}`,
      `Panic over: 10.1.1.19:80: 1 of 2 real servers are down, and none of them is in force`,
    ],
    table: [`${A}@1`],
    states: [`${A} up`, `${B} down`],
  },
  {
    rule: 'one that is held back and is good again only changes its state',
    service: { reals: TWO, options, quiescent: true },
    moves: [[A, good()], [B, good()], ...fail(A, B), [B, good()]],
    told: [
      `Added real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
      'fallbackcommand stop',
      `Added real server: ${B} ${LABEL} (Weight set to 1) ${FINE}`,
      `Quiescent real server: ${A} ${LABEL} (Weight set to 0) ${REFUSED}`,
      `Panic: real server: ${B} ${LABEL} is down and stays in force: 2 of 2 are down, and panic-threshold lets go 50 % of them ${REFUSED}`,
      `Resetting soft failure count: ${B} (tcp:10.1.1.19:80)`,
      `Restored real server: ${B} ${LABEL} (Weight set to 1) ${FINE}`,
      `Panic over: 10.1.1.19:80: 1 of 2 real servers are down, and none of them is in force`,
    ],
    table: [`${A}@0`, `${B}@1`],
    states: [`${A} down`, `${B} up`],
  },
]);

poolRules([
  {
    rule: 'a panic is over when the last one that it kept is drained, and begins when that is ready again',
    service: { reals: TWO, options, fallback: FALLBACK },
    moves: [
      ...[A, B].map((place): Move => [place, good()]),
      ...fail(A, B),
      hand(B, { state: 'drain' }),
      hand(B),
    ],
    told: [
      `Added real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
      'fallbackcommand stop',
      `Added real server: ${B} ${LABEL} (Weight set to 1) ${FINE}`,
      `Deleted real server: ${A} ${LABEL} ${REFUSED}`,
      `Panic: real server: ${B} ${LABEL} is down and stays in force: 2 of 2 are down, and panic-threshold lets go 50 % of them ${REFUSED}`,
      `Restored real server: ${B} ${LABEL} (Weight set to 0)`,
      'Panic over: 10.1.1.19:80: 1 of 1 real servers are down, and none of them is in force',
      `Added fallback server: 127.0.0.1:80 ${LABEL} (Weight set to 1)`,
      'fallbackcommand start',
      `Restored real server: ${B} ${LABEL} (Weight set to 1)`,
      `Panic: real server: ${B} ${LABEL} is down and stays in force: 2 of 2 are down, and panic-threshold lets go 50 % of them ${REFUSED}`,
      `Deleted fallback server: 127.0.0.1:80 ${LABEL}`,
      'fallbackcommand stop',
    ],
    table: [`${B}@1`],
    states: [`${A} down`, `${B} down`],
  },
]);

const threshold = (panicThreshold: number | undefined) =>
  aService({ ...four, options: { ...OPTIONS, panicThreshold } });

const tables: readonly (readonly [
  what: string,
  moves: readonly Move[],
  table: readonly string[],
])[] = [
  ['half of four may go', [...up, ...fail(A, B)], [`${C}@1`, `${D}@1`]],
  ['the last to fail stay', [...up, ...fail(D, A, C, B)], [`${B}@1`, `${C}@1`]],
  [
    'of those that stay the first to fail goes when another is back',
    [...up, ...fail(A, B, D, C), [A, good()]],
    [`${A}@1`, `${C}@1`],
  ],
  [
    'and the last one when all others are',
    [...up, ...fail(A, B, D, C), [A, good()], [B, good()]],
    [`${A}@1`, `${B}@1`],
  ],
  [
    'at a start nobody took clients, so nobody stays',
    fail(A, B, C, D),
    ['fallback:127.0.0.1:80@1'],
  ],
  [
    'who never was good counts as down, and is not let in',
    [[C, good()], [D, good()], ...fail(A, B), ...fail(C)],
    [`${C}@1`, `${D}@1`],
  ],
  [
    'maintenance goes past it, and counts neither way',
    [...up, [A, maintained()], [B, maintained()], ...fail(C, D)],
    [`${D}@1`],
  ],
  [
    'a drain by hand does not count either',
    [...up, hand(A, { state: 'drain' }), hand(B, { state: 'drain' }), ...fail(C, D)],
    [`${A}@0`, `${B}@0`, `${D}@1`],
  ],
  [
    'maintenance by hand takes out who was held back',
    [...up, ...fail(A, B, C), hand(C, { state: 'maintenance' })],
    [`${D}@1`],
  ],
  [
    'nobody is brought back where fewer count than before',
    [
      ...up,
      ...fail(A, B),
      hand(C, { state: 'maintenance' }),
      hand(D, { state: 'maintenance' }),
    ],
    ['fallback:127.0.0.1:80@1'],
  ],
  [
    'one that was held back is drained by hand',
    [...up, ...fail(A, B, C, D), hand(D, { state: 'drain' })],
    [`${C}@1`, `${D}@0`],
  ],
  [
    'and is back in force when it is ready, since it still was there',
    [...up, ...fail(A, B, C, D), hand(D, { state: 'drain' }), hand(D)],
    [`${C}@1`, `${D}@1`],
  ],
  [
    'where all that were held back are drained nobody takes clients but the fallback',
    [...up, ...fail(A, B, C, D), hand(C, { state: 'drain' }), hand(D, { weight: 0 })],
    [`${C}@0`, `${D}@0`, 'fallback:127.0.0.1:80@1'],
  ],
  [
    'a weight by hand holds for it',
    [...up, ...fail(A, B, C), hand(C, { weight: 7 })],
    [`${C}@7`, `${D}@1`],
  ],
  [
    'a reload keeps it',
    [...up, ...fail(A, B, C), { reload: aService({ ...four, checkinterval: 3 }) }],
    [`${C}@1`, `${D}@1`],
  ],
  [
    'one that takes the threshold away lets it go',
    [...up, ...fail(A, B, C), { reload: threshold(undefined) }],
    [`${D}@1`],
  ],
  [
    'one that sets it brings nobody back',
    [
      { reload: threshold(undefined) },
      ...up,
      ...fail(A, B, C),
      { reload: threshold(0) },
    ],
    [`${D}@1`],
  ],
];

for (const [what, moves, table] of tables)
  t.test(what, async (t) => {
    t.strictSame(play(aService(four), moves).table, table);
  });

t.test('as many as the threshold says are out, and no more', async (t) => {
  for (const [percents, out] of [
    [0, 0],
    [24, 0],
    [25, 1],
    [50, 2],
    [74, 2],
    [99, 3],
    [undefined, 4],
  ] as const) {
    const { pool } = play(threshold(percents), [...up, ...fail(...FOUR)]);
    const inForce = pool.entry.servers.filter(({ fallback }) => !fallback);
    t.equal(inForce.length, 4 - out, `${percents} %`);
    t.equal(pool.fallbackActive, out === 4);
    t.same(
      pool.reals.map(({ state }) => state),
      ['down', 'down', 'down', 'down'],
      'all of them are told as down',
    );
  }
});

t.test('what an earlier run left in force counts as taking clients', async (t) => {
  const found = FOUR.map((id) => ({ id, weight: 1 }));
  const { table } = play(aService(four), fail(...FOUR), 'checked', found);
  t.strictSame(table, [`${C}@1`, `${D}@1`]);
});

t.test('who was held back does not warm up: it never was away', async (t) => {
  const both = aService({ ...four, options: { ...options, slowStartMs: 30_000 } });
  const { pool } = play(both, [...up, ...fail(A, B, C), [C, good()]]);
  t.same([pool.panic, pool.warming], [false, false]);
});

t.test('whatever checks find, no more of those that took clients are out', async () => {
  const anyReports = fc.array(fc.record({ at: fc.nat(3), good: fc.boolean() }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99 }), anyReports, (percents, reports) => {
      const moves = reports.map(({ at, good: isGood }): Move => {
        return [FOUR[at] ?? A, isGood ? good() : bad()];
      });
      const { pool } = play(threshold(percents), [...up, ...moves]);
      const inForce = new Set(pool.entry.servers.map(({ id }) => id));
      const out = pool.reals.filter(({ real }) => !inForce.has(real.id));
      const down = pool.reals.filter(({ state }) => state === 'down');
      const most = Math.floor((percents * 4) / 100);
      return out.length === Math.min(most, down.length);
    }),
    { numRuns: 2000 },
  );
});
