import t, { type Test } from 'tap';
import type { ServiceOptions } from '../../lib/model/virtual-service.ts';
import { aConfig, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { A, B } from '../support/pool-cast.ts';
import { recordingAgents } from '../support/recording-agents.ts';
import { recordingEngine } from '../support/recording-engine.ts';
import { bad, good } from '../support/reports.ts';

const [ON_A, ON_B] = ['10.1.1.21', '10.1.1.22'];
const PLACE = `${A} (10.1.1.19:80)`;

/** Two servers of weight 100, up, with an agent each. */
async function atWork(t: Test, options: Partial<ServiceOptions>) {
  const agents = recordingAgents();
  const bench = aBench(t, recordingEngine(), {}, { agents });
  const service = aService({
    reals: [aReal(A, { weight: 100 }), aReal(B, { weight: 100 })],
    quiescent: true,
    options: { ...OPTIONS, agentPort: 9990, ...options },
  });
  await bench.director.apply(aConfig([service]));
  for (const id of [A, B]) bench.runner.report(id, good());
  await bench.settle();
  bench.log.take();
  return { ...bench, agents };
}

t.test('who its agent lets back has little of its share at first', async (t) => {
  const { agents, director, log, inForce } = await atWork(t, { slowStartMs: 4_000 });
  for (const line of ['50%', 'down # deploy', 'up']) agents.say(ON_A, line);
  t.strictSame(await inForce(), [`${A}@1`, `${B}@57`]);
  const [service] = await director.services();
  t.match(service?.reals[0], {
    ...{ state: 'up', warming: 5, weight: 1, configuredWeight: 100 },
    agent: { percent: 50, weight: 50, down: null },
  });
  const isWarm = () => log.lines.some((line) => line.startsWith('Warmed up'));
  while (!isWarm()) await new Promise((resolve) => setTimeout(resolve, 10));
  t.strictSame(log.take(), [
    `Restored real server: ${PLACE} (Weight set to 50) (agent: 50%)`,
    `Quiescent real server: ${PLACE} (Weight set to 0) (agent: 50%, down (deploy))`,
    `Restored real server: ${PLACE} (Weight set to 50) (agent: 50%)`,
    `Warming up real server: ${PLACE} (to weight 50 within 4 s)`,
    `Warmed up real server: ${PLACE} (Weight set to 50)`,
  ]);
  t.strictSame(await inForce(), [`${A}@50`, `${B}@100`]);
});

t.test(
  'a panic keeps who failed its checks, not who says that it is down',
  async (t) => {
    const { agents, director, runner, inForce } = await atWork(t, {
      panicThreshold: 50,
    });
    const services = () => director.services();
    const { events } = director.desk;
    agents.say(ON_A, 'stopped');
    runner.report(B, bad());
    t.strictSame(await inForce(), [`${A}@0`, `${B}@100`]);
    t.match(await services(), [
      {
        state: 'panic',
        problem: /^panic: 1 of 1 real servers are down by their checks, 1 of them/,
        reals: [
          { state: 'down', inForce: true, weight: 0 },
          { state: 'down', inForce: true, weight: 100 },
        ],
      },
    ]);
    const before = events.since(0).at(-1)?.id ?? 0;
    agents.say(ON_A, 'up');
    t.strictSame(await inForce(), [`${A}@100`, `${B}@0`]);
    t.match(await services(), [{ state: 'up', problem: null }]);
    t.match(
      events.since(before),
      [
        { type: 'real', real: A, to: 'up', weight: 100, message: 'agent: ready' },
        { type: 'real', real: B, from: 'down', to: 'down', weight: 0, message: null },
        { type: 'service', from: 'panic', to: 'up' },
      ],
      'with it goes who was kept',
    );
    agents.say(ON_A, 'down');
    agents.say(ON_B, 'down');
    t.strictSame(await inForce(), [`${A}@0`, `${B}@0`]);
    t.match(await services(), [{ state: 'down', problem: null }]);
  },
);

t.test('checks keep their interval while an agent alone says down', async (t) => {
  const { agents, runner } = await atWork(t, { downIntervalMs: 500, rise: 2 });
  agents.say(ON_A, 'down');
  t.equal(runner.isDown(A), false);
  runner.report(A, bad());
  t.equal(runner.isDown(A), true);
  agents.say(ON_A, 'up');
  t.equal(runner.isDown(A), true);
  for (const down of [true, false]) {
    runner.report(A, good());
    t.equal(runner.isDown(A), down, 'until rise good ones have come');
  }
});

t.test('hooks are told in an agent’s words', async (t) => {
  const webhook = 'https://hooks.example.com/';
  const { agents, alerts, director } = await atWork(t, { webhook });
  const before = alerts.changes.length;
  agents.say(ON_A, '50%');
  agents.say(ON_A, 'fail # disk full');
  await director.desk.change(
    { service: WEB, real: A },
    { state: 'ready' },
    'uid 0 (root)',
  );
  const told = alerts.changes.slice(before);
  t.match(told, [
    { real: A, from: 'up', to: 'down', reason: 'agent: 50%, fail (disk full)', up: 1 },
    { real: A, from: 'down', to: 'up', reason: 'changed by uid 0 (root)', up: 2 },
  ]);
  t.equal(told.length, 2, 'a share is no change of state');
});
