import t, { type Test } from 'tap';
import type { ServiceOptions } from '../../lib/model/virtual-service.ts';
import { aConfig, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { recordingAgents } from '../support/recording-agents.ts';
import { recordingEngine } from '../support/recording-engine.ts';
import { bad, good, NOON } from '../support/reports.ts';

const A = '10.1.1.21:80';
const B = '10.1.1.22:80';
const ADDRESS = '10.1.1.21';
const PLACE = `${A} (10.1.1.19:80)`;

const web = (options: Partial<ServiceOptions> = {}) =>
  aService({
    reals: [aReal(A, { weight: 10 }), aReal(B)],
    quiescent: true,
    options: { ...OPTIONS, agentPort: 9990, ...options },
  });

/** Both servers up. */
async function atWork(t: Test, options: Partial<ServiceOptions> = {}) {
  const agents = recordingAgents();
  const bench = aBench(t, recordingEngine(), {}, { agents });
  await bench.director.apply(aConfig([web(options)]));
  for (const id of [A, B]) bench.runner.report(id, good());
  await bench.settle();
  bench.log.take();
  const before = bench.alerts.told.length;
  const mails = () => bench.alerts.told.slice(before);
  const events = () => bench.director.desk.events.since(last);
  const last = bench.director.desk.events.since(0).at(-1)?.id ?? 0;
  const agent = async () => (await bench.director.services())[0]?.reals[0]?.agent;
  return { ...bench, agents, events, agent, mails };
}

t.test('every real server has its agent asked, as the ini says', async (t) => {
  const { agents, director } = await atWork(t);
  const plan = { port: 9990, send: '', intervalMs: 10_000, timeoutMs: 5_000 };
  t.strictSame(agents.plans(), [
    { address: '10.1.1.21', ...plan },
    { address: '10.1.1.22', ...plan },
  ]);
  const options = { agentIntervalMs: 500, agentSend: 'x\n', agentPort: 1 };
  await director.apply(aConfig([web(options)]));
  t.match(agents.plans(), [{ port: 1, send: 'x\n', intervalMs: 500 }, {}]);
  await director.apply(aConfig([web({ agentPort: 0 })]));
  t.strictSame(agents.plans(), []);
});

t.test('a weight is in force, in the log, told, and no mail', async (t) => {
  const { agents, inForce, log, mails, events, agent } = await atWork(t);
  agents.say(ADDRESS, '50%');
  t.strictSame(await inForce(), [`${A}@5`, `${B}@1`]);
  t.strictSame(log.take(), [
    `Restored real server: ${PLACE} (Weight set to 5) (agent: 50%)`,
  ]);
  t.strictSame(mails(), []);
  t.match(events(), [
    { type: 'real', real: A, from: 'up', to: 'up', weight: 5, message: 'agent: 50%' },
  ]);
  t.strictSame(await agent(), {
    port: 9990,
    line: '50%',
    at: new Date(NOON).toISOString(),
    durationMs: 3,
    problem: null,
    state: 'ready',
    percent: 50,
    down: null,
    weight: 5,
  });
});

t.test('down is told to people, with the agent’s reason', async (t) => {
  const { agents, log, mails, director } = await atWork(t);
  agents.say(ADDRESS, 'fail # disk full');
  t.strictSame(log.take(), [
    `Quiescent real server: ${PLACE} (Weight set to 0) (agent: fail (disk full))`,
  ]);
  t.match(mails(), [
    {
      subject: `Quiescent real server: ${PLACE} (Weight set to 0)`,
      finding: 'agent: fail (disk full)',
      about: { real: A, out: true },
    },
  ]);
  const [status] = await director.services();
  t.match(status?.reals[0], { state: 'down', downs: 1, check: { up: true } });
  agents.say(ADDRESS, 'up');
  t.match(log.take(), [/^Restored .* \(Weight set to 10\) \(agent: ready\)$/]);
});

t.test('one that is silent changes nothing, and is told of once', async (t) => {
  const { agents, inForce, log, agent } = await atWork(t);
  agents.fail(ADDRESS, 'connect ECONNREFUSED 10.1.1.21:9990');
  agents.fail(ADDRESS, 'connect ECONNREFUSED 10.1.1.21:9990');
  t.strictSame(log.take(), [
    `Agent of real server: ${PLACE} does not answer: connect ECONNREFUSED 10.1.1.21:9990; it has said nothing yet`,
  ]);
  agents.say(ADDRESS, 'drain');
  t.strictSame(log.take(), [
    `Agent of real server: ${PLACE} answers again`,
    `Restored real server: ${PLACE} (Weight set to 0) (agent: drain)`,
  ]);
  agents.fail(ADDRESS, 'no line within 5 s (checktimeout)');
  agents.fail(ADDRESS, 'read ECONNRESET');
  t.strictSame(log.take(), [
    `Agent of real server: ${PLACE} does not answer: no line within 5 s (checktimeout); what it said last holds`,
  ]);
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`]);
  t.match(await agent(), { line: 'drain', state: 'drain', problem: 'read ECONNRESET' });
});

t.test('what is not heeded is told of once', async (t) => {
  const { agents, log } = await atWork(t);
  for (const line of ['maxconn:30 up', 'maxconn:31 up', 'hello up', 'hello up'])
    agents.say(ADDRESS, line);
  t.strictSame(log.take(), [
    `Agent of real server: ${PLACE} says maxconn:30, which is not heeded: server-connections in [limits] of l4director.ini caps a real server`,
    `Agent of real server: ${PLACE} says "hello", which is not heeded: expected N%, ready, drain, maint, up, down, fail or stopped, as in "75% up"`,
  ]);
});

t.test(
  'a reload keeps what was said; without agent-port it is forgotten',
  async (t) => {
    const { agents, inForce, director, agent, log } = await atWork(t);
    agents.say(ADDRESS, 'drain');
    await director.apply(aConfig([web({ agentIntervalMs: 500 })]));
    t.strictSame(await inForce(), [`${A}@0`, `${B}@1`]);
    log.take();
    await director.apply(aConfig([web({ agentPort: 0 })]));
    t.strictSame(await inForce(), [`${A}@10`, `${B}@1`]);
    t.match(log.take(), [
      'Changed virtual server',
      `Restored real server: ${PLACE} (Weight set to 10)`,
    ]);
    t.equal(await agent(), null);
    await director.apply(aConfig([web()]));
    t.match(await agent(), { line: null, state: 'ready', percent: null });
  },
);

t.test('another port is another agent, of which nothing is known', async (t) => {
  const { agents, inForce, director, agent, log } = await atWork(t);
  agents.say(ADDRESS, 'down 50%');
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`]);
  log.take();
  await director.apply(aConfig([web({ agentPort: 9991 })]));
  t.strictSame(await inForce(), [`${A}@10`, `${B}@1`]);
  t.match(log.take(), [
    'Changed virtual server',
    `Restored real server: ${PLACE} (Weight set to 10)`,
  ]);
  t.match(await agent(), { port: 9991, line: null, at: null, down: null });
  agents.say(ADDRESS, 'down');
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`]);
});

t.test('an operator’s word wins over the agent’s', async (t) => {
  const { agents, inForce, director } = await atWork(t);
  const ref = { service: WEB, real: A };
  await director.desk.change(ref, { state: 'drain' }, 'uid 0');
  agents.say(ADDRESS, 'ready up 100%');
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`]);
  await director.desk.change(ref, { state: 'ready', weight: 3 }, 'uid 0');
  agents.say(ADDRESS, '50%');
  t.strictSame(await inForce(), [`${A}@3`, `${B}@1`]);
  await director.desk.change(ref, { weight: null }, 'uid 0');
  t.strictSame(await inForce(), [`${A}@5`, `${B}@1`]);
});

t.test('an operator’s ready ends what an agent holds, and is told of', async (t) => {
  const { agents, inForce, director, log, events } = await atWork(t);
  const ref = { service: WEB, real: A };
  for (const [line, said, old] of [
    ['50% drain', '50%, drain', 'drain'],
    ['maint', '50%, maintenance', 'maintenance'],
    ['fail # stuck', '50%, fail (stuck)', null],
  ] as const) {
    agents.say(ADDRESS, line);
    t.strictSame(await inForce(), [`${A}@0`, `${B}@1`], line);
    log.take();
    await director.desk.change(ref, { state: 'ready' }, 'uid 0');
    t.strictSame(await inForce(), [`${A}@5`, `${B}@1`]);
    t.match(log.take(), [
      `Restored real server: ${PLACE} (Weight set to 5)`,
      `Changed by uid 0: agent of real server: ${PLACE}: ${said} -> ready`,
    ]);
    t.match(events().at(-1), { type: 'change', what: 'agent', old, new: 'ready' });
  }
  await director.desk.change(ref, { state: 'ready' }, 'uid 0');
  t.strictSame(log.take(), [], 'it holds nothing');
});

t.test('what the checks find goes on below it', async (t) => {
  const { agents, runner, inForce } = await atWork(t);
  agents.say(ADDRESS, 'maint');
  runner.report(A, bad());
  agents.say(ADDRESS, 'ready up');
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`]);
  runner.report(A, good());
  t.strictSame(await inForce(), [`${A}@10`, `${B}@1`]);
});
