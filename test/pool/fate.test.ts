import t from 'tap';
import type { CheckReport } from '../../lib/model/check.ts';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { configure } from '../../lib/pool/configure.ts';
import { eject } from '../../lib/pool/eject.ts';
import { type Fate, fatesOf } from '../../lib/pool/fate.ts';
import type { Pool } from '../../lib/pool/pool.ts';
import { takeAgent } from '../../lib/pool/take-agent.ts';
import { takeReport } from '../../lib/pool/take-report.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';
import { A, ONE } from '../support/pool-cast.ts';
import { bad, good, maintained, NOON } from '../support/reports.ts';

const KEEP = { ...OPTIONS, onDown: 'keep' } as const;
const KILL = { ...OPTIONS, onDown: 'kill' } as const;

function pool(
  fields: Partial<VirtualService>,
  reports: readonly CheckReport[],
  checking: 'checked' | 'off' = 'checked',
): Pool {
  const service = aService({ reals: ONE, failurecount: 3, ...fields });
  const { pool } = configure(undefined, service, checking, NOON);
  return reports.reduce((now, report) => takeReport(now, A, report).pool, pool);
}

function fate(pool: Pool, failing: number): Fate | undefined {
  const elsewhere = { failing: () => failing, isOpen: () => true };
  return fatesOf(pool, [A], elsewhere).get(A);
}

const OUT = { quiescent: false };
const CUT = { quiescent: true, options: KILL };

t.test('one in the table goes on, and one whose connections do', async (t) => {
  const quiet = { quiescent: true };
  for (const fields of [OUT, CUT, quiet])
    t.equal(fate(pool(fields, [good()]), 0), 'go on');
  t.equal(fate(pool(quiet, [bad()]), 3), 'go on');
  t.equal(fate(pool({ ...OUT, options: KEEP }, [bad()]), 3), 'go on');
  t.equal(fate(pool(CUT, [maintained()]), 1), 'go on', 'kill is of who is down');
});

t.test('down from the first check on ends at the failurecount-th', async (t) => {
  for (const fields of [OUT, CUT]) {
    const down = pool(fields, [bad()]);
    t.same(
      [1, 2, 3, 4].map((failing) => fate(down, failing)),
      [...['wait', 'wait'], ...['end', 'end']],
    );
  }
});

t.test('what no check has found needs none', async (t) => {
  t.equal(fate(pool(OUT, [maintained()]), 1), 'end');
  const up = pool(OUT, [good()]);
  const failed = { failures: 3, windowMs: 1_000, reason: 'refused', holdMs: 1_000 };
  const { pool: ejected } = eject(up, A, failed, NOON);
  t.equal(fate(ejected, 0), 'end', 'clients do not reach it');
  const says = { health: 'down', reason: 'fail' } as const;
  const { pool: ill } = takeAgent(up, A, says, NOON);
  t.equal(fate(ill, 0), 'end', 'its agent says so');
  const { pool: both } = takeReport(
    takeAgent(pool(OUT, []), A, says, NOON).pool,
    A,
    bad(),
  );
  t.equal(fate(both, 1), 'end', 'and a first check too');
});

t.test('no finding, no end', async (t) => {
  t.equal(fate(pool(OUT, []), 0), 'wait', 'starting');
  t.equal(fate(pool(OUT, [], 'off'), 0), 'wait', 'unchecked');
  const spare = [aReal(A, { role: 'spare' }), aReal('10.1.1.22:80')];
  t.equal(fate(pool({ ...OUT, reals: spare }, [good()]), 0), 'wait', 'stands by');
});

const FOUR = ['a', 'b', 'c', 'd'].map((_, at) => aReal(`10.1.1.3${at}:80`));
const NAMES = FOUR.map(({ id }) => id);
const [, SECOND = '', THIRD = '', FOURTH = ''] = NAMES;

/** Of four servers the first is up, and the others are down from their first check on, the last one first. */
function inPanic(fields: Partial<VirtualService>, threshold = 50): Pool {
  const { options = OPTIONS, ...others } = fields;
  const service = aService({
    ...{ reals: FOUR, ...others },
    options: { ...options, panicThreshold: threshold },
  });
  const { pool } = configure(undefined, service, 'checked', NOON);
  const reports = NAMES.map(
    (id, at) => [id, at > 0 ? bad(NOON - at) : good()] as const,
  );
  return reports.reduce((now, [id, report]) => takeReport(now, id, report).pool, pool);
}

t.test('checks end no more than the threshold lets go', async (t) => {
  for (const fields of [OUT, CUT]) {
    const ended = (open: readonly string[], threshold?: number) => {
      const elsewhere = { failing: () => 3, isOpen: (id: string) => open.includes(id) };
      const fates = fatesOf(inPanic(fields, threshold), NAMES, elsewhere);
      return NAMES.filter((id) => fates.get(id) === 'end');
    };
    t.same(ended(NAMES), [THIRD, FOURTH], 'who failed last stays');
    t.same(ended([THIRD]), [SECOND, FOURTH], 'as it stayed there');
    t.same(ended([]), [SECOND, THIRD, FOURTH], 'nothing is open there');
    t.same(ended(NAMES, 0), []);
    t.same(ended(NAMES, 100), [SECOND, THIRD, FOURTH]);
  }
});

t.test('only checks are held back', async (t) => {
  const pool = takeReport(inPanic(OUT, 0), SECOND, maintained()).pool;
  const says = { health: 'down', reason: 'fail' } as const;
  const ill = takeAgent(pool, THIRD, says, NOON).pool;
  const elsewhere = { failing: () => 3, isOpen: () => true };
  const fates = fatesOf(ill, [...NAMES, 'nobody'], elsewhere);
  t.same([...fates.values()], ['go on', 'end', 'end', 'wait']);
});
