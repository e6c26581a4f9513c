import t from 'tap';
import { ElderCuts } from '../../lib/director/elder-cuts.ts';
import type { ServerEntry } from '../../lib/model/engine.ts';
import type { ConnectionFilter, Traffic } from '../../lib/model/traffic.ts';
import { aConfig, aReal, aService } from '../support/config.ts';
import { aBench } from '../support/director.ts';
import { serverAt } from '../support/engine-rig.ts';
import { A, B, TWO } from '../support/pool-cast.ts';
import { recordingLog } from '../support/recording-log.ts';
import { good } from '../support/reports.ts';

const service = aService({ reals: [aReal('192.0.2.21:80')] });
const up = serverAt('192.0.2.21', 80, { onRemoval: 'reset' });

/** What is ended at directors before, as a service's table becomes these, one after the other. */
function ended(...tables: readonly (readonly ServerEntry[])[]) {
  const asked: ConnectionFilter[] = [];
  const end = async (filter: ConnectionFilter) => asked.push(filter);
  const cuts = new ElderCuts({ end }, recordingLog());
  const keeper = {
    pool: { entry: { service, servers: [] as readonly ServerEntry[] } },
  };
  for (const servers of tables) {
    keeper.pool.entry = { service, servers };
    cuts.follow(keeper);
  }
  return asked;
}

const ASKED = [{ service: service.id, server: up.id }];

t.test('what ends here ends at directors before, once', async (t) => {
  const cut = { ...up, weight: 0, cut: true } as const;
  t.strictSame(ended([up], [cut], [cut]), ASKED, 'on-down = kill');
  t.strictSame(ended([cut]), ASKED, 'found so at the start');
  t.strictSame(ended([up], []), ASKED, 'removed, to be reset');
  t.strictSame(ended([up], [{ ...up, weight: 0 }]), []);
  t.strictSame(ended([{ ...up, onRemoval: 'keep' }], []), []);
});

t.test('one that cannot be asked is told of', async (t) => {
  const log = recordingLog();
  const end = () => Promise.reject(new Error('nobody answers'));
  new ElderCuts({ end }, log).follow({
    pool: { entry: { service, servers: [{ ...up, cut: true }] } },
  });
  await new Promise(setImmediate);
  t.match(log.lines.join(), /go on \(.*nobody answers/);
});

t.test('also where a reload takes a server out', async (t) => {
  const asked: ConnectionFilter[] = [];
  const traffic: Pick<Traffic, 'end'> = {
    async end(filter) {
      asked.push(filter);
      return 0;
    },
  };
  const elders = () => [['of pid 1', traffic as Traffic] as const];
  const { director, runner, inForce } = aBench(t, undefined, {}, { elders });
  const both = aService({ reals: TWO, quiescent: false });
  await director.apply(aConfig([both]));
  for (const real of [A, B]) runner.report(real, good());
  await inForce();
  await director.apply(aConfig([{ ...both, reals: TWO.filter(({ id }) => id !== A) }]));
  await inForce();
  t.strictSame(asked, [{ service: both.id, server: A }]);
});
