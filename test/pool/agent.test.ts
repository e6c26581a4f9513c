import t from 'tap';
import type { AgentWords } from '../../lib/model/agent.ts';
import type { Override } from '../../lib/model/override.ts';
import { agentWeight, heard } from '../../lib/pool/agent.ts';
import { aFallback, aReal, aService, OPTIONS } from '../support/config.ts';
import { A, B, FINE } from '../support/pool-cast.ts';
import { type Move, play, poolRules } from '../support/pool-script.ts';
import { bad, good, NOON } from '../support/reports.ts';

const service = {
  options: { ...OPTIONS, agentPort: 9990 },
  reals: [aReal(A, { weight: 10 }), aReal(B)],
  quiescent: true,
};
const UP: readonly Move[] = [
  [A, good()],
  [B, good()],
];
const TOLD = [
  `Added real server: ${A} (10.1.1.19:80) (Weight set to 10) ${FINE}`,
  'fallbackcommand stop',
  `Added real server: ${B} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
];
const PLACE = `${A} (10.1.1.19:80)`;

const says = (words: AgentWords, of = A): Move => ({ words, of });
const set = (fields: Partial<Override>): Move => ({
  of: A,
  override: {
    ...{ state: 'ready', weight: null, by: 'uid 0 (root)' },
    ...{ since: new Date(NOON).toISOString(), ...fields },
  },
});

poolRules([
  {
    rule: 'a percentage is one of the configured weight',
    service,
    moves: [...UP, says({ percent: 75 }), says({ percent: 50 })],
    told: [
      ...TOLD,
      `Restored real server: ${PLACE} (Weight set to 7) (agent: 75%)`,
      `Restored real server: ${PLACE} (Weight set to 5) (agent: 50%)`,
    ],
    table: [`${A}@5`, `${B}@1`],
    states: [`${A} up`, `${B} up`],
  },
  {
    rule: 'what a line does not name stays',
    service,
    moves: [...UP, says({ percent: 50 }), says({ state: 'drain' }), says({})],
    told: [
      ...TOLD,
      `Restored real server: ${PLACE} (Weight set to 5) (agent: 50%)`,
      `Restored real server: ${PLACE} (Weight set to 0) (agent: 50%, drain)`,
    ],
    table: [`${A}@0`, `${B}@1`],
    states: [`${A} drain`, `${B} up`],
  },
  {
    rule: '0 % drains',
    service,
    moves: [...UP, says({ percent: 0 })],
    told: [...TOLD, `Restored real server: ${PLACE} (Weight set to 0) (agent: 0%)`],
    table: [`${A}@0`, `${B}@1`],
    states: [`${A} drain`, `${B} up`],
  },
  {
    rule: 'the same again is not told again',
    service,
    moves: [...UP, says({ percent: 100, state: 'ready', health: 'up' }), says({})],
    told: [...TOLD, `Agent of real server: ${PLACE} says: 100%`],
    table: [`${A}@10`, `${B}@1`],
    states: [`${A} up`, `${B} up`],
  },
  {
    rule: 'down holds it down though its checks are good, until it says up',
    service: { ...service, quiescent: false },
    moves: [
      ...UP,
      says({ health: 'down', reason: 'fail (disk full)' }),
      [A, good()],
      says({ health: 'up' }),
    ],
    told: [
      ...TOLD,
      `Deleted real server: ${PLACE} (agent: fail (disk full))`,
      `Added real server: ${PLACE} (Weight set to 10) (agent: ready)`,
    ],
    table: [`${A}@10`, `${B}@1`],
    states: [`${A} up`, `${B} up`],
  },
  {
    rule: 'up does not lift what the checks hold down',
    service,
    moves: [
      ...UP,
      says({ health: 'down', reason: 'down' }),
      [A, bad()],
      says({ health: 'up' }),
    ],
    told: [
      ...TOLD,
      `Quiescent real server: ${PLACE} (Weight set to 0) (agent: down)`,
      `Agent of real server: ${PLACE} says: ready`,
    ],
    table: [`${A}@0`, `${B}@1`],
    states: [`${A} down`, `${B} up`],
  },
  {
    rule: 'all held down by agents is a case for the fallback',
    service: { ...service, fallback: aFallback('127.0.0.1:80') },
    moves: [
      ...UP,
      says({ health: 'down', reason: 'stopped' }),
      says({ health: 'down', reason: 'stopped' }, B),
    ],
    told: [
      ...TOLD,
      `Quiescent real server: ${PLACE} (Weight set to 0) (agent: stopped)`,
      `Quiescent real server: ${B} (10.1.1.19:80) (Weight set to 0) (agent: stopped)`,
      'Added fallback server: 127.0.0.1:80 (10.1.1.19:80) (Weight set to 1)',
      'fallbackcommand start',
    ],
    table: [`${A}@0`, `${B}@0`, 'fallback:127.0.0.1:80@1'],
    states: [`${A} down`, `${B} down`],
  },
  {
    rule: 'maint is maintenance; its checks go on below',
    service,
    moves: [
      ...UP,
      says({ state: 'maintenance' }),
      [A, bad()],
      says({ state: 'ready' }),
    ],
    told: [
      ...TOLD,
      `Quiescent real server: ${PLACE} (Weight set to 0) (agent: maintenance)`,
      `Agent of real server: ${PLACE} says: ready`,
    ],
    table: [`${A}@0`, `${B}@1`],
    states: [`${A} down`, `${B} up`],
  },
  {
    rule: 'one that says drain before the first check gets no connection at all',
    service,
    moves: [says({ state: 'drain' }), ...UP],
    told: [
      `Agent of real server: ${PLACE} says: drain`,
      `Added real server: ${PLACE} (Weight set to 0) ${FINE}`,
      'fallbackcommand stop',
      `Added real server: ${B} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
    ],
    table: [`${A}@0`, `${B}@1`],
    states: [`${A} drain`, `${B} up`],
  },
  {
    rule: 'what an earlier run left in force heeds its agent before its first check',
    service,
    found: [`${A}@10`, `${B}@1`],
    moves: [says({ percent: 50 }), says({ health: 'down', reason: 'down' }, B)],
    told: [
      `Restored real server: ${PLACE} (Weight set to 5) (agent: 50%)`,
      `Quiescent real server: ${B} (10.1.1.19:80) (Weight set to 0) (agent: down)`,
    ],
    table: [`${A}@5`, `${B}@0`],
    states: [`${A} starting`, `${B} down`],
  },
]);

t.test('an operator’s word stands above its agent’s', async (t) => {
  const state = (moves: readonly Move[]) => {
    const { table, states } = play(aService(service), [...UP, ...moves]);
    return [table[0], states[0]];
  };
  const half = says({ percent: 50 });
  t.strictSame(state([half, set({ weight: 7 })]), [`${A}@7`, `${A} up`]);
  t.strictSame(state([set({ weight: 7 }), half]), [`${A}@7`, `${A} up`]);
  const maint = says({ state: 'maintenance' });
  t.strictSame(state([maint, set({ state: 'drain' })]), [`${A}@0`, `${A} drain`]);
  const ready = says({ state: 'ready', percent: 100, health: 'up' });
  t.strictSame(state([set({ state: 'drain' }), ready]), [`${A}@0`, `${A} drain`]);
  t.strictSame(state([set({ state: 'maintenance' }), ready]), [
    `${A}@0`,
    `${A} maintenance`,
  ]);
  const drain = says({ state: 'drain' });
  t.strictSame(state([drain, set({ weight: 7 })]), [`${A}@0`, `${A} drain`]);
  const down = says({ health: 'down' });
  t.strictSame(state([down, set({ weight: 7 })]), [`${A}@0`, `${A} down`]);
  const taken: Move = { of: A, override: undefined };
  t.strictSame(state([half, set({ weight: 7 }), taken]), [`${A}@5`, `${A} up`]);
});

t.test('an operator’s ready ends what it holds, until it says so again', async (t) => {
  const held = says({ percent: 50, state: 'drain', health: 'down' });
  const ready: Move = { of: A, override: undefined, frees: true };
  const after = (moves: readonly Move[]) => {
    const { table, states } = play(aService(service), [...UP, held, ...moves]);
    return [table[0], states[0]];
  };
  t.strictSame(after([]), [`${A}@0`, `${A} down`]);
  t.strictSame(after([ready]), [`${A}@5`, `${A} up`]);
  t.strictSame(after([ready, says({ state: 'drain' })]), [`${A}@0`, `${A} drain`]);
  t.strictSame(after([{ of: A, override: undefined }]), [`${A}@0`, `${A} down`]);
});

t.test('a reload keeps what was said, of the new weight', async (t) => {
  const reload = (fields: Partial<typeof service>): Move => ({
    reload: aService({ ...service, ...fields }),
  });
  const table = (moves: readonly Move[]) =>
    play(aService(service), [...UP, says({ percent: 50 }), ...moves]).table;
  const reals = [aReal(A, { weight: 40 }), aReal(B)];
  t.strictSame(table([reload({ reals })]), [`${A}@20`, `${B}@1`]);
  t.strictSame(table([reload({ options: OPTIONS })]), [`${A}@10`, `${B}@1`]);
  const another = { ...service.options, agentPort: service.options.agentPort + 1 };
  t.strictSame(table([reload({ options: another })]), [`${A}@10`, `${B}@1`]);
  const back = [reload({ options: OPTIONS }), reload({})];
  t.strictSame(table(back), [`${A}@10`, `${B}@1`], 'it was forgotten');
});

t.test('words for a server that is not there change nothing', async (t) => {
  const { told } = play(aService(service), [...UP, says({ percent: 5 }, '10.9.9.9:1')]);
  t.strictSame(told, TOLD);
});

t.test('weights are whole: rounded down, yet 1 at least', async (t) => {
  const weight = (configured: number, percent: number) =>
    agentWeight(configured, { percent, state: 'ready', down: null });
  for (const [configured, percent, is] of [
    [10, 75, 7],
    [10, 150, 15],
    [10, 1, 1],
    [1, 50, 1],
    [1, 0, 0],
    [0, 200, 0],
    [100, 33, 33],
    [65_535, 1_000_000, 65_535],
  ] as const)
    t.equal(weight(configured, percent), is, `${percent}% of ${configured}`);
  t.equal(agentWeight(10, undefined), 10);
});

t.test('a description that differs each time is one reason', async (t) => {
  const first = heard(undefined, { health: 'down', reason: 'fail (load 5.1)' });
  t.equal(heard(first, { health: 'down', reason: 'fail (load 5.2)' }), first);
  t.match(heard(first, { health: 'down', reason: 'stopped' }), { down: 'stopped' });
  t.equal(heard(undefined, { unknown: 'x', maxconn: 3 }), undefined);
});
