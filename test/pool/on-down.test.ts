import t from 'tap';
import { configure } from '../../lib/pool/configure.ts';
import { setOverride } from '../../lib/pool/override.ts';
import { takeReport } from '../../lib/pool/take-report.ts';
import { aService, OPTIONS } from '../support/config.ts';
import { A, ONE } from '../support/pool-cast.ts';
import { bad, good, NOON } from '../support/reports.ts';

/** What is in the table for the server while it is up, when it is down, and in maintenance. */
function entries(onDown: 'keep' | 'kill' | undefined, quiescent: boolean) {
  const service = aService({ reals: ONE, quiescent, options: { ...OPTIONS, onDown } });
  const { pool: fresh } = configure(undefined, service, 'checked', NOON);
  const { pool: up } = takeReport(fresh, A, good());
  const { pool: down } = takeReport(up, A, bad());
  const wish = { state: 'maintenance', weight: null, by: 'root', since: '' } as const;
  const { pool: out } = setOverride(up, A, wish, NOON);
  return [up, down, out].map(({ entry: { servers } }) =>
    servers.map(({ weight, onRemoval, cut }) => ({ weight, onRemoval, cut })),
  );
}

const UP = (onRemoval: 'keep' | 'reset') => [{ weight: 5, onRemoval, cut: undefined }];
const OUT = (onRemoval: 'keep' | 'reset', cut?: true) => [
  { weight: 0, onRemoval, cut },
];

t.test('without on-down a down server is what quiescent says', async (t) => {
  t.strictSame(entries(undefined, false), [UP('reset'), [], []]);
  t.strictSame(entries(undefined, true), [UP('keep'), OUT('keep'), OUT('keep')]);
});

t.test('kill cuts one that stays in the table, but not in maintenance', async (t) => {
  t.strictSame(entries('kill', true), [UP('reset'), OUT('reset', true), OUT('reset')]);
  t.strictSame(entries('kill', false), [UP('reset'), [], []]);
});

t.test('keep lets the connections of one that leaves the table go on', async (t) => {
  t.strictSame(entries('keep', false), [UP('keep'), [], []]);
  t.strictSame(entries('keep', true), [UP('keep'), OUT('keep'), OUT('keep')]);
});

t.test('a server that comes back is cut no more', async (t) => {
  const options = { ...OPTIONS, onDown: 'kill' as const };
  const service = aService({ reals: ONE, quiescent: true, options });
  let { pool } = configure(undefined, service, 'checked', NOON);
  for (const report of [good(), bad()]) pool = takeReport(pool, A, report).pool;
  const { pool: back } = takeReport(pool, A, good());
  t.match(back.entry.servers, [{ weight: 5, cut: undefined }]);
});

t.test('nor is one that a panic keeps, also when it is drained', async (t) => {
  const options = { ...OPTIONS, onDown: 'kill' as const, panicThreshold: 50 };
  const service = aService({ reals: ONE, quiescent: true, options });
  let { pool } = configure(undefined, service, 'checked', NOON);
  for (const report of [good(), bad()]) pool = takeReport(pool, A, report).pool;
  t.match(pool.entry.servers, [{ weight: 5, cut: undefined }]);
  const wish = { state: 'drain', weight: null, by: 'root', since: '' } as const;
  const { pool: drained } = setOverride(pool, A, wish, NOON);
  t.match(drained.entry.servers, [{ weight: 0, cut: undefined }]);
});
