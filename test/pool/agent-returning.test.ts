import t from 'tap';
import type { AgentWords } from '../../lib/model/agent.ts';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';
import { A, B, FALLBACK, FINE, REFUSED } from '../support/pool-cast.ts';
import { type Move, play, poolRules } from '../support/pool-script.ts';
import { bad, good } from '../support/reports.ts';

const C = '10.1.1.23:80';
const D = '10.1.1.24:80';
const LABEL = '(10.1.1.19:80)';

/** Servers of weight 100, all with an agent. */
const asked = (
  places: readonly string[],
  options: Partial<VirtualService['options']>,
): Partial<VirtualService> => ({
  reals: places.map((place) => aReal(place, { weight: 100 })),
  options: { ...OPTIONS, agentPort: 9990, ...options },
});
const fine = (...places: readonly string[]): readonly Move[] =>
  places.map((place) => [place, good()]);
const fail = (...places: readonly string[]): readonly Move[] =>
  places.map((place) => [place, bad()]);
const says = (words: AgentWords, of = A): Move => ({ words, of });
const DOWN = says({ health: 'down', reason: 'stopped' });
const UP = says({ health: 'up' });
const step = (step: number): Move => ({ steps: { [A]: step } });
const BY = { by: 'me', since: '2026-11-23T13:30:07.000Z' };
const WEIGHED: Move = { of: A, override: { state: 'ready', weight: 7, ...BY } };

const slow = asked([A, B], { slowStartMs: 30_000 });
const four = { ...asked([A, B, C, D], { panicThreshold: 50 }), fallback: FALLBACK };
const BOTH = fine(A, B);
const FOUR = fine(A, B, C, D);

poolRules([
  {
    rule: 'a server that its agent lets back warms up, told at both ends',
    service: slow,
    moves: [...BOTH, says({ percent: 50 }), DOWN, UP, step(5), step(10)],
    told: [
      `Added real server: ${A} ${LABEL} (Weight set to 100) ${FINE}`,
      'fallbackcommand stop',
      `Added real server: ${B} ${LABEL} (Weight set to 100) ${FINE}`,
      `Restored real server: ${A} ${LABEL} (Weight set to 50) (agent: 50%)`,
      `Deleted real server: ${A} ${LABEL} (agent: 50%, stopped)`,
      `Added real server: ${A} ${LABEL} (Weight set to 50) (agent: 50%)`,
      `Warming up real server: ${A} ${LABEL} (to weight 50 within 30 s)`,
      `Warmed up real server: ${A} ${LABEL} (Weight set to 50)`,
    ],
    table: [`${A}@50`, `${B}@100`],
    states: [`${A} up`, `${B} up`],
  },
  {
    rule: 'one that its agent calls down is let go in a panic, with who stays told of',
    service: { ...asked([A, B], { panicThreshold: 0 }), quiescent: true },
    moves: [...BOTH, ...fail(A), DOWN],
    told: [
      `Added real server: ${A} ${LABEL} (Weight set to 100) ${FINE}`,
      'fallbackcommand stop',
      `Added real server: ${B} ${LABEL} (Weight set to 100) ${FINE}`,
      `Panic: real server: ${A} ${LABEL} is down and stays in force: 1 of 2 are down, and panic-threshold lets go 0 % of them ${REFUSED}`,
      `Quiescent real server: ${A} ${LABEL} (Weight set to 0) (agent: stopped)`,
      'Panic over: 10.1.1.19:80: 0 of 1 real servers are down, and none of them is in force',
    ],
    table: [`${A}@0`, `${B}@100`],
    states: [`${A} down`, `${B} up`],
  },
  {
    rule: 'a share that it names while it is kept holds, and is no news of its coming back',
    service: { ...asked([A, B], { panicThreshold: 0 }), quiescent: true },
    moves: [...BOTH, ...fail(A), says({ percent: 50 })],
    told: [
      `Added real server: ${A} ${LABEL} (Weight set to 100) ${FINE}`,
      'fallbackcommand stop',
      `Added real server: ${B} ${LABEL} (Weight set to 100) ${FINE}`,
      `Panic: real server: ${A} ${LABEL} is down and stays in force: 1 of 2 are down, and panic-threshold lets go 0 % of them ${REFUSED}`,
      `Restored real server: ${A} ${LABEL} (Weight set to 50) (agent: 50%)`,
    ],
    table: [`${A}@50`, `${B}@100`],
    states: [`${A} down`, `${B} up`],
  },
]);

const HALF = says({ percent: 50 });

/** What is in force at the end, of a service that starts slowly. */
const warmed: readonly (readonly [
  what: string,
  moves: readonly Move[],
  table: readonly string[],
])[] = [
  ['half of its weight is a third of the clients', [HALF], [`${A}@50`, `${B}@100`]],
  [
    'a twentieth of that at first',
    [HALF, ...fail(A), ...fine(A)],
    [`${A}@1`, `${B}@57`],
  ],
  [
    'about half of it in the middle',
    [HALF, ...fail(A), ...fine(A), step(5)],
    [`${A}@2`, `${B}@9`],
  ],
  [
    'a share that it names on the way leaves it at its step',
    [...fail(A), ...fine(A), step(5), HALF],
    [`${A}@2`, `${B}@9`],
  ],
  [
    'also that of another one',
    [...fail(A), ...fine(A), step(5), says({ percent: 50 }, B)],
    [`${A}@3`, `${B}@5`],
  ],
  ['up after down', [DOWN, UP], [`${A}@1`, `${B}@38`]],
  [
    'an operator’s ready after down',
    [DOWN, { of: A, override: undefined, frees: true }],
    [`${A}@1`, `${B}@38`],
  ],
  [
    'ready after maint, as after an operator’s',
    [says({ state: 'maintenance' }), says({ state: 'ready' })],
    [`${A}@1`, `${B}@38`],
  ],
  [
    'not ready after drain, which it went on through, as after an operator’s',
    [says({ state: 'drain' }), says({ state: 'ready' })],
    [`${A}@100`, `${B}@100`],
  ],
  [
    'nor a share after 0 %',
    [says({ percent: 0 }), says({ percent: 50 })],
    [`${A}@50`, `${B}@100`],
  ],
  ['nor where a weight was set by hand', [WEIGHED, DOWN, UP], [`${A}@7`, `${B}@100`]],
  [
    'what its checks still hold down warms up when they do not',
    [DOWN, ...fail(A), UP, ...fine(A)],
    [`${A}@1`, `${B}@38`],
  ],
];

for (const [what, moves, table] of warmed)
  t.test(`slow start: ${what}`, async (t) => {
    t.strictSame(play(aService(slow), [...BOTH, ...moves]).table, table);
  });

/** The same of four servers, of which checks take out two at the most. */
const kept: typeof warmed = [
  [
    'who its agent calls down counts neither way',
    [DOWN, ...fail(B, C, D)],
    [`${C}@100`, `${D}@100`],
  ],
  [
    'maint and drain neither',
    [
      says({ state: 'maintenance' }),
      says({ state: 'drain' }, B),
      ...fail(C),
      ...fail(D),
    ],
    [`${B}@0`, `${D}@100`],
  ],
  [
    'all that agents call down go, and the fallback serves',
    [A, B, C, D].map((place) => says({ health: 'down' }, place)),
    ['fallback:127.0.0.1:80@1'],
  ],
  [
    'who is kept goes when its agent says down',
    [...fail(B, C, A, D), DOWN],
    [`${D}@100`],
  ],
  ['or maint', [...fail(B, C, A, D), says({ state: 'maintenance' })], [`${D}@100`]],
  [
    'it is drained when that says drain, and back when it is ready',
    [...fail(B, C, A, D), says({ state: 'drain' })],
    [`${A}@0`, `${D}@100`],
  ],
  [
    'and out when it says down while it is drained',
    [...fail(B, C, A, D), says({ state: 'drain' }), DOWN],
    [`${D}@100`],
  ],
  [
    'up brings nobody back whose checks fail',
    [...fail(B, C, A, D), DOWN, UP],
    [`${D}@100`],
  ],
  [
    'with one that its agent lets back the first that was kept goes',
    [DOWN, ...fail(B, C, D), UP],
    [`${A}@100`, `${D}@100`],
  ],
];

for (const [what, moves, table] of kept)
  t.test(`panic: ${what}`, async (t) => {
    t.strictSame(play(aService(four), [...FOUR, ...moves]).table, table);
  });

t.test('rise and fall count checks, whatever an agent says between', async (t) => {
  const service = aService({
    ...asked([A, B], { rise: 2 }),
    ...{ failurecount: 2, quiescent: true },
  });
  const counts = (moves: readonly Move[]) => {
    const { pool } = play(service, [...BOTH, ...moves]);
    const { own, state, failures, successes } = pool.reals[0] ?? {};
    return { own, state, failures, successes };
  };
  const up = { own: 'up', state: 'up', successes: 0 };
  t.strictSame(counts([...fail(A), DOWN, UP]), { ...up, failures: 1 });
  t.strictSame(counts([DOWN, UP]), { ...up, failures: 0 }, 'up at once, without rise');
  const down = { own: 'down', state: 'down', failures: 2 };
  t.strictSame(counts([...fail(A), DOWN, ...fail(A), UP]), { ...down, successes: 0 });
  const one = [...fail(A, A), ...fine(A)];
  t.strictSame(counts([...one, UP, HALF]), { ...down, successes: 1 });
  t.strictSame(counts([...one, DOWN, ...fine(A), UP]), { ...up, failures: 0 });
});
