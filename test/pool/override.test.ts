import t from 'tap';
import type { Override } from '../../lib/model/override.ts';
import { aFallback, aReal, aService } from '../support/config.ts';
import { A, B } from '../support/pool-cast.ts';
import { play } from '../support/pool-script.ts';
import { bad, good, maintained, NOON } from '../support/reports.ts';

const service = aService({
  reals: [aReal(A, { weight: 2 }), aReal(B)],
  quiescent: true,
  failurecount: 2,
});
const START = [
  [A, good()],
  [B, good()],
] as const;
const TOLD = play(service, START).told.length;

const set = (fields: Partial<Override>): Override => ({
  ...{ state: 'ready', weight: null, by: 'uid 0 (root)' },
  ...{ since: new Date(NOON).toISOString(), ...fields },
});

t.test('a weight holds in the place of the file’s', async (t) => {
  const moves = [...START, { of: A, override: set({ weight: 7 }) }];
  const { table, told, pool } = play(service, moves);
  t.strictSame(table, [`${A}@7`, `${B}@1`]);
  t.strictSame(told.slice(TOLD), [
    `Restored real server: ${A} (10.1.1.19:80) (Weight set to 7)`,
  ]);
  t.equal(pool.reals[0]?.configured.weight, 2);
  const back = play(service, [...moves, { of: A, override: undefined }]);
  t.strictSame(back.table, [`${A}@2`, `${B}@1`]);
});

t.test('drain is weight 0, whatever the weight that was set', async (t) => {
  const override = set({ state: 'drain', weight: 7 });
  const drained = play(service, [...START, { of: A, override, at: NOON + 5 }]);
  t.strictSame(drained.table, [`${A}@0`, `${B}@1`]);
  t.strictSame(drained.states, [`${A} drain`, `${B} up`]);
  t.equal(drained.pool.reals[0]?.since, NOON + 5);
  const ready = { of: A, override: set({ weight: 7 }) };
  t.strictSame(play(service, [...START, { of: A, override }, ready]).table, [
    `${A}@7`,
    `${B}@1`,
  ]);
});

t.test('in maintenance its checks go on, and say what it is after it', async (t) => {
  const enter = { of: A, override: set({ state: 'maintenance' }) };
  const leave = { of: A, override: undefined };
  for (const [reports, state] of [
    [[], 'up'],
    [[good()], 'up'],
    [[bad()], 'up'], // one of the two failures that make it down
    [[bad(), bad()], 'down'],
    [[bad(), bad(), good()], 'up'],
    [[maintained()], 'maintenance'],
  ] as const) {
    const moves = [...START, enter, ...reports.map((report) => [A, report] as const)];
    const during = play(service, moves);
    t.equal(during.states[0], `${A} maintenance`);
    t.strictSame(during.table, [`${A}@0`, `${B}@1`]);
    t.equal(play(service, [...moves, leave]).states[0], `${A} ${state}`);
  }
});

t.test('in maintenance it does not keep the fallback away', async (t) => {
  const alone = aService({ reals: [aReal(A)], fallback: aFallback('127.0.0.1:80') });
  const enter = { of: A, override: set({ state: 'maintenance' }) };
  const { table, told } = play(alone, [[A, good()], enter, [A, good()]]);
  t.strictSame(table, ['fallback:127.0.0.1:80@1']);
  t.match(told.slice(-3), [/^Deleted real server/, /^Added fallback/, /start$/]);
});

t.test('one that never was checked is starting again after it', async (t) => {
  const enter = { of: A, override: set({ state: 'maintenance' }) };
  const moves = [[B, good()] as const, enter, { of: A, override: undefined }];
  const { states, table } = play(service, moves);
  t.strictSame(states, [`${A} starting`, `${B} up`]);
  t.strictSame(table, [`${B}@1`]);
});

t.test('one whose server leaves the file is over, and told of', async (t) => {
  const moves = [...START, { of: A, override: set({ state: 'maintenance' }) }];
  const reals = [aReal(B)];
  const { told } = play(service, [...moves, { reload: { ...service, reals } }]);
  t.strictSame(told.slice(TOLD + 1), [
    `Purged real server (start): ${A} (10.1.1.19:80)`,
    `Run-time change of real server: ${A} (10.1.1.19:80) is over (it is not in the file any more; it was maintenance, by uid 0 (root))`,
  ]);
});

t.test(
  'it outlasts a reload; its line in the file wins where that changed',
  async (t) => {
    const moves = [...START, { of: A, override: set({ weight: 7, state: 'drain' }) }];
    const moved = service.reals.map((real) => ({ ...real, line: real.line + 9 }));
    const other = [aReal(A, { weight: 2 }), aReal(B, { weight: 5 })];
    for (const reals of [moved, other]) {
      const { pool } = play(service, [...moves, { reload: { ...service, reals } }]);
      t.match(pool.reals[0], { state: 'drain', override: { weight: 7 } });
    }
    const changed = [aReal(A, { weight: 3 }), aReal(B)];
    const { pool, told } = play(service, [
      ...moves,
      { reload: { ...service, reals: changed } },
    ]);
    t.match(pool.reals[0], { state: 'up', override: undefined });
    t.equal(pool.entry.servers[0]?.weight, 3);
    t.strictSame(told.slice(TOLD + 1), [
      `Run-time change of real server: ${A} (10.1.1.19:80) is over (its line in the file has changed; it was drain, weight 7, by uid 0 (root))`,
      `Restored real server: ${A} (10.1.1.19:80) (Weight set to 3)`,
    ]);
  },
);
