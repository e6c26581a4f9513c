import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import type { EngineEvent } from '../../../lib/model/engine.ts';
import { blackHole } from '../../support/black-hole.ts';
import {
  ending,
  freePort,
  rigFor,
  serverAt,
  tableOf,
  until,
} from '../../support/engine-rig.ts';

const passive = { connections: 5, windowMs: 30_000 };

/** An engine whose events of failed connections are gathered. */
function aRig(t: Test) {
  const engine = createNetEngine();
  const rig = rigFor(t, engine);
  const events: Extract<EngineEvent, { type: 'traffic-failed' }>[] = [];
  void (async () => {
    for await (const event of engine.events)
      if (event.type === 'traffic-failed') events.push(event);
  })();
  const failures = () => events.reduce((sum, { failures }) => sum + failures, 0);
  return { ...rig, events, failures };
}

t.test('each refused connection is told of, and many cost few messages', async (t) => {
  const rig = aRig(t);
  const service = await rig.service({}, { passive });
  const dead = serverAt('127.0.0.1', await freePort());
  await rig.engine.apply(tableOf(service, dead));
  const CLIENTS = 300;
  const began = performance.now();
  const clients = Array.from({ length: CLIENTS }, async () =>
    ending(await rig.client(service)),
  );
  await Promise.all(clients);
  const tookMs = performance.now() - began;
  await until(() => rig.failures() >= CLIENTS);
  await sleep(250);
  t.equal(rig.failures(), CLIENTS, 'exact');
  t.equal((await rig.of(service, dead)).connectFailures, CLIENTS);
  const most = Math.ceil(tookMs / 100) + 2;
  t.ok(rig.events.length <= most, `${rig.events.length} messages of ${most} at most`);
  const { id: server } = dead;
  t.match(rig.events[0], { service: service.id, server, failures: 1 }, 'at once');
  t.match(rig.events[0]?.reason, /ECONNREFUSED/);
});

t.test('so is one that nobody answers', async (t) => {
  const rig = aRig(t);
  const service = await rig.service({}, { passive, connectTimeoutMs: 200 });
  const hole = serverAt('127.0.0.1', await blackHole(t));
  await rig.engine.apply(tableOf(service, hole));
  await ending(await rig.client(service));
  await until(() => rig.failures() > 0);
  t.match(rig.events, [{ failures: 1, reason: 'connect timed out after 200 ms' }]);
});

t.test('and one that is reset before the first byte of an answer', async (t) => {
  const rig = aRig(t);
  const service = await rig.service({}, { passive });
  const early = await rig.server((socket) =>
    socket.once('data', () => socket.resetAndDestroy()),
  );
  await rig.engine.apply(tableOf(service, early.entry()));
  for (let n = 0; n < 3; n++) {
    const client = await rig.client(service);
    client.write('a question');
    t.equal(await ending(client), 'ECONNRESET');
  }
  await until(() => rig.failures() >= 3);
  await sleep(250);
  t.equal(rig.failures(), 3);
  t.equal(rig.events[0]?.reason, 'reset before the first byte of an answer');
  t.equal((await rig.of(service, early.entry())).connectFailures, 0, 'it was dialled');
});

t.test(
  'not one that was answered, that its client ended, or that ends well',
  async (t) => {
    const rig = aRig(t);
    const service = await rig.service({}, { passive });
    const late = await rig.server((socket) => {
      socket.on('error', () => {});
      socket.on('data', (said) => {
        if (String(said) === 'end') socket.end();
        else if (String(said) !== 'hold')
          socket.write('x', () => setTimeout(() => socket.resetAndDestroy(), 100));
      });
    });
    await rig.engine.apply(tableOf(service, late.entry()));
    const answered = await rig.client(service);
    answered.write('ask');
    t.equal(await ending(answered), 'ECONNRESET');
    const ended = await rig.client(service);
    ended.write('end');
    t.equal(await ending(ended), 'end');
    ended.destroy();
    const gone = await rig.client(service);
    gone.write('hold');
    await rig.connections(service, 1);
    gone.resetAndDestroy();
    const taken = await rig.client(service);
    taken.write('hold');
    await rig.connections(service, 1);
    await rig.engine.apply(tableOf(service, late.entry({ cut: true, weight: 0 })));
    await ending(taken);
    await sleep(250);
    t.same(rig.events, []);
  },
);

t.test('of a service that does not ask nothing is told', async (t) => {
  const rig = aRig(t);
  const service = await rig.service();
  const dead = serverAt('127.0.0.1', await freePort());
  const early = await rig.server((socket) => socket.resetAndDestroy());
  await rig.engine.apply(tableOf(service, dead, early.entry()));
  for (let n = 0; n < 4; n++) await ending(await rig.client(service));
  await sleep(250);
  t.same(rig.events, []);
  const asking = { ...service, options: { ...service.options, passive } };
  await rig.engine.apply(tableOf(asking, dead, early.entry()));
  for (let n = 0; n < 4; n++) await ending(await rig.client(service));
  await until(() => rig.failures() > 0);
  t.pass('until a reload asks');
});
