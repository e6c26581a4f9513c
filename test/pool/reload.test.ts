import t from 'tap';
import { configure } from '../../lib/pool/configure.ts';
import { takeReport } from '../../lib/pool/take-report.ts';
import { aFallback, aReal, aService } from '../support/config.ts';
import { A, B } from '../support/pool-cast.ts';
import { play } from '../support/pool-script.ts';
import { bad, good, maintained, NOON } from '../support/reports.ts';

const service = aService({ reals: [aReal(A), aReal(B)], failurecount: 3 });
const quiet = { ...service, quiescent: true };
const START = [
  [A, good()],
  [B, bad()],
] as const;
/** What the start tells, to be left out. */
const TOLD = play(service, START).told.length;

t.test('a server that was up stays up, one that was down stays down', async (t) => {
  const { table, states, told } = play(service, [...START, { reload: { ...service } }]);
  t.strictSame(table, [`${A}@1`]);
  t.strictSame(states, [`${A} up`, `${B} down`]);
  t.equal(told.length, TOLD, 'and nothing is told');
});

t.test('a new weight, method or threshold is in force at once', async (t) => {
  for (const fields of [{ weight: 4 }, { method: 'gate' }, { upper: 9 }] as const) {
    const reals = [aReal(A, fields), aReal(B, fields)];
    const { pool, told } = play(service, [...START, { reload: { ...service, reals } }]);
    t.match(pool.entry.servers, [fields]);
    const weight = reals[0]?.weight;
    t.strictSame(told.slice(TOLD), [
      `Restored real server: ${A} (10.1.1.19:80) (Weight set to ${weight})`,
    ]);
  }
});

t.test('weight 0 drains a server that is up; a weight ends that', async (t) => {
  const reals = [aReal(A, { weight: 0 }), aReal(B)];
  const drain = { ...service, reals };
  const drained = play(service, [...START, { reload: drain, at: NOON + 1000 }]);
  t.strictSame(drained.table, [`${A}@0`]);
  t.strictSame(drained.states, [`${A} drain`, `${B} down`]);
  t.equal(drained.pool.reals[0]?.since, NOON + 1000);
  const back = play(service, [...START, { reload: drain }, { reload: service }]);
  t.strictSame(back.states, [`${A} up`, `${B} down`]);
});

t.test('failures in progress are kept', async (t) => {
  const { told } = play(service, [
    ...START,
    [A, bad()],
    { reload: { ...service, checkinterval: 3 } },
    [A, bad()],
  ]);
  t.match(told.at(-1), 'failure 2/3');
});

t.test('a lower failurecount counts from the next failure', async (t) => {
  const strict = { ...service, failurecount: 1 };
  const { states } = play(service, [
    ...START,
    [A, bad()],
    [A, bad()],
    { reload: strict },
  ]);
  t.strictSame(states, [`${A} up`, `${B} down`]);
  const after = play(service, [...START, [A, bad()], { reload: strict }, [A, bad()]]);
  t.strictSame(after.states, [`${A} down`, `${B} down`]);
});

t.test(
  'a change of what is checked keeps the state until the next report',
  async (t) => {
    const { states, pool } = play(service, [
      ...START,
      { reload: { ...service, checktype: 'negotiate', request: '/new' } },
    ]);
    t.strictSame(states, [`${A} up`, `${B} down`]);
    t.equal(pool.reals[0]?.report?.message, '200 OK');
  },
);

t.test('a server that leaves is purged, one that comes is starting', async (t) => {
  const reals = [aReal(B), aReal('10.1.1.23:80')];
  const fallback = aFallback('127.0.0.1:80');
  const { told, table, states } = play(service, [
    ...START,
    { reload: { ...service, reals, fallback } },
  ]);
  t.strictSame(told.slice(TOLD), [
    `Purged real server (start): ${A} (10.1.1.19:80)`,
    'Added fallback server: 127.0.0.1:80 (10.1.1.19:80) (Weight set to 1)',
    'fallbackcommand start',
  ]);
  t.strictSame(table, ['fallback:127.0.0.1:80@1'], 'no server that is up is left');
  t.strictSame(states, [`${B} down`, '10.1.1.23:80 starting']);
});

t.test('a down server that was out of the table leaves without a word', async (t) => {
  const reals = [aReal(A)];
  const { told } = play(service, [...START, { reload: { ...service, reals } }]);
  t.equal(told.length, TOLD);
});

t.test('quiescent moves the down servers in and out of the table', async (t) => {
  const into = play(service, [...START, { reload: quiet }]);
  t.strictSame(into.table, [`${A}@1`, `${B}@0`]);
  t.match(into.told.at(-1), /^Quiescent real server: 10.1.1.22:80 /);
  const out = play(quiet, [...START, { reload: service }]);
  t.strictSame(out.table, [`${A}@1`]);
  t.match(out.told.at(-1), /^Deleted real server: 10.1.1.22:80 /);
});

t.test('quiescent decides what becomes of connections at a removal', async (t) => {
  const how = (from: typeof service) =>
    play(from, START).pool.entry.servers[0]?.onRemoval;
  t.equal(how(service), 'reset');
  t.equal(how(quiet), 'keep');
  const { told } = play(service, [
    ...START,
    { reload: { ...quiet, reals: [aReal(A)] } },
  ]);
  t.equal(told.length, TOLD, 'which is no change of a server to tell of');
});

t.test('checktype=off freezes: up stays up, what is new is never up', async (t) => {
  const reals = [aReal(A), aReal(B), aReal('10.1.1.23:80')];
  const off = { ...service, reals, checktype: 'off' } as const;
  const { states } = play(service, [...START, { reload: off, checking: 'off' }]);
  t.strictSame(states, [`${A} up`, `${B} down`, '10.1.1.23:80 unchecked']);
  const early = play(service, [[A, maintained()], { reload: off, checking: 'off' }]);
  t.strictSame(early.states, [
    `${A} unchecked`,
    `${B} unchecked`,
    '10.1.1.23:80 unchecked',
  ]);
});

t.test('a check that does not exist takes its servers down', async (t) => {
  const { states, pool } = play(service, [
    ...START,
    { reload: service, checking: 'missing' },
  ]);
  t.strictSame(states, [`${A} unchecked`, `${B} unchecked`]);
  t.equal(pool.fallbackActive, true);
});

t.test('unchecked servers wait for their first report when checks come', async (t) => {
  const off = { ...quiet, checktype: 'off' } as const;
  const { states, table } = play(off, [{ reload: quiet, checking: 'checked' }], 'off');
  t.strictSame(states, [`${A} unchecked`, `${B} unchecked`]);
  t.strictSame(table, [`${A}@0`, `${B}@0`]);
  const up = play(off, [{ reload: quiet, checking: 'checked' }, [A, good()]], 'off');
  t.strictSame(up.table, [`${A}@1`, `${B}@0`]);
});

t.test('an active fallback follows the file', async (t) => {
  const first = { ...service, fallback: aFallback('127.0.0.1:80') };
  const second = { ...service, fallback: aFallback('127.0.0.2:80') };
  const down = [
    [A, bad()],
    [B, bad()],
  ] as const;
  const swapped = play(first, [...down, { reload: second }]);
  t.strictSame(swapped.table, ['fallback:127.0.0.2:80@1']);
  t.strictSame(swapped.told.slice(-2), [
    'Deleted fallback server: 127.0.0.1:80 (10.1.1.19:80)',
    'Added fallback server: 127.0.0.2:80 (10.1.1.19:80) (Weight set to 1)',
  ]);
  t.strictSame(play(first, [...down, { reload: service }]).table, []);
});

t.test('a service still starting goes on starting', async (t) => {
  const { pool } = play(service, [[A, bad()], { reload: { ...service } }]);
  t.equal(pool.settled, false);
  t.equal(pool.fallbackActive, false);
});

t.test('the entry stays the same object while nothing in force changes', async (t) => {
  const { pool } = play(service, START);
  const { entry } = pool;
  t.equal(takeReport(pool, A, good()).pool.entry, entry);
  t.equal(
    takeReport(pool, A, bad()).pool.entry,
    entry,
    'a soft failure changes nothing',
  );
  t.equal(
    takeReport(pool, B, maintained()).pool.entry,
    entry,
    'nor another reason to be down',
  );
  t.equal(configure(pool, service, 'checked', NOON).pool.entry, entry);
  t.not(takeReport(pool, B, good()).pool.entry, entry);
});
