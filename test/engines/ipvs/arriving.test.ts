import t from 'tap';
import type { ServerEntry } from '../../../lib/model/engine.ts';
import { aService } from '../../support/config.ts';
import { serverAt, tableOf } from '../../support/engine-rig.ts';
import { aBench } from '../../support/ipvs-bench.ts';
import { lab } from '../../support/lab.ts';
import { BOTH, BOTH_ROWS, FIRST, SECOND, SERVICE } from './pair.ts';

t.test(
  'a service on its way here goes again where every server is refused',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    const odd = serverAt('10.1.1.23', 80, { lower: 5 });
    const moving = (...servers: readonly ServerEntry[]) => [
      ...tableOf(aService({ port: 81 }), FIRST),
      ...tableOf(SERVICE, ...servers).map((entry) => ({
        ...entry,
        arriving: true as const,
      })),
    ];
    const other = ['TCP  10.1.1.19:81 wrr', BOTH_ROWS[1]];
    for (let time = 0; time < 2; time++) {
      t.match(await engine.apply(moving(odd)), [
        { state: 'carried' },
        {
          id: SERVICE.id,
          state: 'failed',
          problem: /10\.1\.1\.23:80: .*lower threshold/,
        },
      ]);
      t.same(table.rows(), other);
    }
    t.match(await engine.apply(moving(odd, FIRST, SECOND)), [
      { state: 'carried' },
      { state: 'carried', problem: /10\.1\.1\.23:80/ },
    ]);
    t.same(table.rows(), [...BOTH_ROWS, ...other]);
  },
);

t.test(
  'a service on its way here gets its servers from the process that adds it',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    const moving = BOTH.map((entry) => ({ ...entry, arriving: true as const }));
    t.match(await engine.apply(moving), [{ state: 'carried' }]);
    t.same(table.rows(), BOTH_ROWS);
    t.ok(table.calls().includes('--restore'));
  },
);
