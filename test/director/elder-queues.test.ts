import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { ElderQueues } from '../../lib/director/elder-queues.ts';
import type { Traffic } from '../../lib/model/traffic.ts';
import { recordingLog } from '../support/recording-log.ts';
import { until } from '../support/site.ts';

const CUTS = Array.from({ length: 40 }, (_, n) => ({ service: 's', server: `r${n}` }));

/** One director before, which does not answer while it is `deaf`. */
function site(t: Test) {
  const log = recordingLog();
  const elder = { deaf: true, asked: 0, ended: [] as string[], due: new Set<string>() };
  for (const { server } of CUTS) elder.due.add(server);
  const traffic = {
    async end({ server = '' }) {
      elder.asked++;
      if (elder.deaf) throw new Error('nobody answers');
      elder.ended.push(server);
      return 1;
    },
  };
  const queues = new ElderQueues(
    {
      elders: () => [['of pid 1', traffic as unknown as Traffic]],
      isDue: ({ server }) => elder.due.has(server),
      log,
    },
    20,
  );
  t.teardown(() => queues[Symbol.dispose]());
  return { queues, elder, log };
}

t.test('what could not be ended is asked for again, and told once', async (t) => {
  const { queues, elder, log } = site(t);
  queues.end(CUTS);
  await until(() => elder.asked >= 8, 'the fourth time');
  t.match(log.take(), [
    /^Connections to r0 \(s\), and to 39 more, may go on at a director before this one: nobody answers; it is asked again every 0.02 s$/,
  ]);
  t.ok(elder.asked < 40, 'it rests in between');
  elder.due.delete('r7');
  elder.deaf = false;
  await until(() => elder.ended.length === 39, 'all others');
  t.notOk(elder.ended.includes('r7'), 'which is back meanwhile');
  t.same(log.take(), []);
  elder.deaf = true;
  queues.end(CUTS.slice(0, 1));
  await log.saw(/^Connections to r0 \(s\) may go on /);
});

t.test('closed it asks nobody', async (t) => {
  const { queues, elder } = site(t);
  queues.end(CUTS);
  queues[Symbol.dispose]();
  queues.end(CUTS);
  await delay(60);
  t.equal(elder.asked, 4, 'but who was being asked');
});
