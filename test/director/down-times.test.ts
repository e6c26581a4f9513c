import t from 'tap';
import { DownTimes } from '../../lib/director/down-times.ts';
import type { RealState } from '../../lib/model/status.ts';
import type { Pool } from '../../lib/pool/pool.ts';

/** As far as it is looked into. */
function pool(state: RealState): Pick<Pool, 'reals' | 'index'> {
  const reals = [{ state }] as unknown as Pool['reals'];
  return { reals, index: new Map([['a', 0]]) };
}

t.test('times down are counted and added up, the present one too', async (t) => {
  const times = new DownTimes();
  t.same(times.of('a', 9_000), { downs: 0, downSeconds: 0 });
  times.note(pool('up'), 'a', 1_000);
  times.note(pool('down'), 'a', 2_000);
  times.note(pool('down'), 'a', 3_000);
  t.same(times.of('a', 4_500), { downs: 1, downSeconds: 2.5 });
  times.note(pool('up'), 'a', 5_000);
  t.same(times.of('a', 9_000), { downs: 1, downSeconds: 3 });
  times.note(pool('down'), 'a', 9_000);
  times.note(pool('maintenance'), 'a', 8_000);
  t.same(times.of('a', 9_000), { downs: 2, downSeconds: 3 }, 'a clock may go back');
  times.keep(new Set(['a']));
  t.equal(times.of('a', 0).downs, 2);
  times.keep(new Set());
  t.same(times.of('a', 0), { downs: 0, downSeconds: 0 });
});
