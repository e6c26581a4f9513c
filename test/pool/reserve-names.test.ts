import t from 'tap';
import { configure } from '../../lib/pool/configure.ts';
import type { Pool } from '../../lib/pool/pool.ts';
import { stepAside } from '../../lib/pool/step-aside.ts';
import { takeReport } from '../../lib/pool/take-report.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';
import { A, B } from '../support/pool-cast.ts';
import { good, NOON } from '../support/reports.ts';

const S1 = '10.1.1.31:80';
const S2 = '10.1.1.32:80';
const spares = [aReal(S1, { role: 'spare' }), aReal(S2, { weight: 3, role: 'spare' })];
const realsFrom = [{ name: 'www.lab', method: 'masq', port: 80, weight: 1 }] as const;

/** A service whose real servers come from a name. */
function named(...places: readonly string[]) {
  const all = places.map((place) => ({ ...aReal(place), from: 'www.lab' }));
  return aService({
    reals: [...all, ...spares],
    options: { ...OPTIONS, realsFrom },
  });
}

t.test(
  'a spare serves while a name has servers of which nothing is known',
  async (t) => {
    const weights = ({ entry }: Pool) =>
      entry.servers.map(({ id, weight }) => `${id}@${weight}`);
    let pool = configure(undefined, named(A), 'checked', NOON).pool;
    const report = (id: string, what = good()) => {
      pool = takeReport(pool, id, what).pool;
    };
    const reload = (...places: readonly string[]) => {
      pool = configure(pool, named(...places), 'checked', NOON).pool;
    };
    for (const id of [S1, S2]) report(id);
    t.same(weights(pool), [], 'at the start nobody comes before the first report');
    report(A);
    reload(B);
    t.same(weights(pool), [`${S1}@1`], 'the name has another server');
    t.ok(pool.up);
    report(B);
    t.same(weights(pool), [`${B}@1`, `${S1}@0`]);
    pool = stepAside(pool, S1, NOON).pool;
    reload();
    t.same(weights(pool), [`${S1}@1`], 'it has none');
    t.ok(pool.up);
    reload(A, B);
    t.same(weights(pool), [`${S1}@1`, `${S2}@3`], 'one for each');
    report(A);
    t.same(weights(pool), [`${A}@1`, `${S1}@1`, `${S2}@0`], 'one for the rest');
    report(B);
    t.same(weights(pool).slice(0, 3), [`${A}@1`, `${B}@1`, `${S1}@0`]);
  },
);

t.test('and where it never had any', async (t) => {
  let { pool } = configure(undefined, named(), 'checked', NOON);
  for (const id of [S1, S2]) pool = takeReport(pool, id, good()).pool;
  t.match(pool.entry.servers, [{ id: S1, weight: 1 }]);
});
