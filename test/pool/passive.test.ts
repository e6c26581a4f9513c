import fc from 'fast-check';
import t from 'tap';
import { type Mark, marked, UNMARKED } from '../../lib/pool/passive.ts';
import { aService, OPTIONS } from '../support/config.ts';
import { A, B, FALLBACK, FINE, TWO } from '../support/pool-cast.ts';
import { type Move, play, poolRules } from '../support/pool-script.ts';
import { bad, good, maintained, NOON } from '../support/reports.ts';

const MARKING = {
  most: { connections: 5, windowMs: 30_000 },
  firstHoldMs: 10_000,
};
const options = { ...OPTIONS, passive: MARKING.most };
const LABEL = '(10.1.1.19:80)';
const ejected = {
  ...{ failures: 5, windowMs: 30_000, holdMs: 10_000 },
  reason: `connect ECONNREFUSED ${A}`,
};
const WHY = `(5 of its connections failed within 30 s (connect ECONNREFUSED ${A}); out for 10 s at least)`;
const up: readonly Move[] = [
  [A, good()],
  [B, good()],
];
const ADDED = [
  `Added real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
  'fallbackcommand stop',
  `Added real server: ${B} ${LABEL} (Weight set to 1) ${FINE}`,
];
const out: Move = { of: A, ejected };
const over: Move = { released: A };
const by = { by: 'me', since: '2026-11-23T13:30:07.000Z' };

poolRules([
  {
    rule: 'who is taken out is down, and no good check brings it back',
    service: { reals: TWO, options, fallback: FALLBACK, quiescent: true },
    moves: [...up, out, [A, good()], [A, good()]],
    told: [...ADDED, `Quiescent real server: ${A} ${LABEL} (Weight set to 0) ${WHY}`],
    table: [`${A}@0`, `${B}@1`],
    states: [`${A} down`, `${B} up`],
  },
  {
    rule: 'when its time is over it takes as many good checks as after any failure',
    service: { reals: TWO, options: { ...options, rise: 2 } },
    moves: [...up, out, [A, good()], over, [A, good()], [A, good()]],
    told: [
      ...ADDED,
      `Deleted real server: ${A} ${LABEL} ${WHY}`,
      `Soft success real server: ${A} (tcp:10.1.1.19:80) success 1/2 ${FINE}`,
      `Added real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
    ],
    table: [`${A}@1`, `${B}@1`],
    states: [`${A} up`, `${B} up`],
  },
  {
    rule: 'one whose check fails then is down as any other',
    service: { reals: TWO, options },
    moves: [...up, out, over, [A, bad()]],
    told: [...ADDED, `Deleted real server: ${A} ${LABEL} ${WHY}`],
    table: [`${B}@1`],
    states: [`${A} down`, `${B} up`],
  },
  {
    rule: 'the last one goes too, and the fallback comes',
    service: { reals: TWO, options, fallback: FALLBACK },
    moves: [[A, good()], [B, bad()], out],
    told: [
      ...ADDED.slice(0, 2),
      `Deleted real server: ${B} ${LABEL} (connect, 3 ms: connect ECONNREFUSED 10.1.1.21:80)`,
      `Deleted real server: ${A} ${LABEL} ${WHY}`,
      `Added fallback server: 127.0.0.1:80 ${LABEL} (Weight set to 1)`,
      'fallbackcommand start',
    ],
    table: ['fallback:127.0.0.1:80@1'],
    states: [`${A} down`, `${B} down`],
  },
  {
    rule: 'a panic counts it as a failed check',
    service: { reals: TWO, options: { ...options, panicThreshold: 50 } },
    moves: [...up, [B, bad()], out],
    told: [
      ...ADDED,
      `Deleted real server: ${B} ${LABEL} (connect, 3 ms: connect ECONNREFUSED 10.1.1.21:80)`,
      `Panic: real server: ${A} ${LABEL} is down and stays in force: 2 of 2 are down, and panic-threshold lets go 50 % of them ${WHY}`,
    ],
    table: [`${A}@1`],
    states: [`${A} down`, `${B} down`],
  },
  {
    rule: 'an operator who says that it is ready ends its time',
    service: { reals: TWO, options },
    moves: [...up, out, { of: A, override: undefined, frees: true }, [A, good()]],
    told: [
      ...ADDED,
      `Deleted real server: ${A} ${LABEL} ${WHY}`,
      `Added real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
    ],
    table: [`${A}@1`, `${B}@1`],
    states: [`${A} up`, `${B} up`],
  },
  {
    rule: 'maintenance hides it, and one that comes out of maintenancedir is ready',
    service: { reals: TWO, options },
    moves: [...up, out, [A, maintained()], [A, good()]],
    told: [
      ...ADDED,
      `Deleted real server: ${A} ${LABEL} ${WHY}`,
      `Added real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
    ],
    table: [`${A}@1`, `${B}@1`],
    states: [`${A} up`, `${B} up`],
  },
  {
    rule: 'who is in maintenance by hand stays there, and is not told of',
    service: { reals: TWO, options },
    moves: [
      ...up,
      { of: A, override: { state: 'maintenance', weight: null, ...by } },
      out,
    ],
    told: [...ADDED, `Deleted real server: ${A} ${LABEL}`],
    table: [`${B}@1`],
    states: [`${A} maintenance`, `${B} up`],
  },
  {
    rule: 'its agent does not bring it back either',
    service: { reals: TWO, options: { ...options, agentPort: 9990 } },
    moves: [...up, out, { of: A, words: { health: 'up' } }, [A, good()]],
    told: [...ADDED, `Deleted real server: ${A} ${LABEL} ${WHY}`],
    table: [`${B}@1`],
    states: [`${A} down`, `${B} up`],
  },
  {
    rule: 'a reload keeps it out',
    service: { reals: TWO, options },
    moves: [...up, out, { reload: aService({ reals: TWO, options }) }, [A, good()]],
    told: [...ADDED, `Deleted real server: ${A} ${LABEL} ${WHY}`],
    table: [`${B}@1`],
    states: [`${A} down`, `${B} up`],
  },
  {
    rule: 'a reload without passive ends its time',
    service: { reals: TWO, options },
    moves: [...up, out, { reload: aService({ reals: TWO }) }, [A, good()]],
    told: [
      ...ADDED,
      `Deleted real server: ${A} ${LABEL} ${WHY}`,
      `Added real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
    ],
    table: [`${A}@1`, `${B}@1`],
    states: [`${A} up`, `${B} up`],
  },
]);

t.test('who is down or not known stays as it is', async (t) => {
  const { pool } = play(aService({ reals: TWO, options }), [...up, [A, bad()]]);
  const late = play(aService({ reals: TWO, options }), [...up, [A, bad()], out]);
  t.strictSame(late.pool, pool);
  const strange: Move = { of: '10.1.1.99:80', ejected };
  t.strictSame(play(aService({ reals: TWO, options }), [strange]).told, []);
});

t.test('it comes back little by little, and its state is as old as that', async (t) => {
  const slow = aService({ reals: TWO, options: { ...options, slowStartMs: 30_000 } });
  const { pool } = play(slow, [...up, { ...out, at: NOON + 1 }, over, [A, good()]]);
  t.match(pool.reals[0], { state: 'up', warming: 0 });
  const { pool: then } = play(slow, [...up, { ...out, at: NOON + 1 }]);
  t.match(then.reals[0], { state: 'down', since: NOON + 1 });
});

/** Marks a server at these seconds, once each, or so many times. */
function mark(...moments: readonly (number | readonly [second: number, n: number])[]) {
  let known: Mark = UNMARKED;
  return moments.map((moment) => {
    const [second, failures] = typeof moment === 'number' ? [moment, 1] : moment;
    const told = { failures, reason: 'refused' };
    const { mark, ejection } = marked(known, told, MARKING, second * 1000);
    known = mark;
    return ejection && [ejection.failures, ejection.holdMs / 1000];
  });
}
const NO = undefined;

t.test('the N-th failure within the time takes a server out', async (t) => {
  t.strictSame(mark(0, 1, 2, 3, 4, 5), [NO, NO, NO, NO, [5, 10], NO]);
  t.strictSame(mark([0, 4], [1, 3]), [NO, [7, 10]], 'several are told at once');
  t.strictSame(mark([0, 4], 31, 31), [NO, NO, NO], 'not those of before that');
  t.strictSame(mark([0, 4], 30), [NO, [5, 10]]);
});

t.test('its time is twice as long each time, up to five minutes', async (t) => {
  const repeated = [0, 11, 32, 73, 154, 315, 616, 917].map((at) => [at, 5] as const);
  t.strictSame(
    mark(...repeated).map((ejection) => ejection?.[1]),
    [10, 20, 40, 80, 160, 300, 300, 300],
  );
  const longest = { ...MARKING, firstHoldMs: 400_000 };
  const told = { failures: 5, reason: '' };
  const first = marked(UNMARKED, told, longest, 0);
  const second = marked(first.mark, told, longest, 401_000);
  t.equal(second.ejection?.holdMs, 400_000, 'never less than what was asked for');
});

t.test('after ten times that in peace it begins anew', async (t) => {
  t.strictSame(mark([0, 5], [109, 5]), [
    [5, 10],
    [5, 20],
  ]);
  t.strictSame(mark([0, 5], [110, 5]), [
    [5, 10],
    [5, 10],
  ]);
});

/** So many failures fit in the time, said anew from all that there were. */
function byHand(told: readonly (readonly [at: number, failures: number])[]) {
  let all: number[] = [];
  return told.map(([at, failures]) => {
    all.push(...Array<number>(failures).fill(at));
    const counted = all.filter((then) => at - then <= MARKING.most.windowMs).length;
    if (counted < MARKING.most.connections) return NO;
    all = [];
    return counted;
  });
}

t.test('no failure is lost or counted twice, and few are remembered', async () => {
  const failed = fc.tuple(fc.nat(200_000), fc.integer({ min: 1, max: 3 }));
  const moments = fc.array(failed, { maxLength: 60 });
  fc.assert(
    fc.property(moments, (unsorted) => {
      const told = unsorted.toSorted(([a], [b]) => a - b);
      let known: Mark = UNMARKED;
      const counted = told.map(([at, failures]) => {
        const step = marked(known, { failures, reason: '' }, MARKING, at);
        known = step.mark;
        return step.ejection?.failures;
      });
      t.strictSame(counted, byHand(told));
      t.ok(known.recent.length < MARKING.most.connections);
    }),
  );
});
