import t from 'tap';
import type { KeptOverride, Override } from '../../lib/model/override.ts';
import { aConfig, aFallback, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { recordingEngine } from '../support/recording-engine.ts';
import { recordingTraffic } from '../support/recording-traffic.ts';
import { bad, good } from '../support/reports.ts';

const A = '10.1.1.21:80';
const B = '10.1.1.22:80';
const REF = { service: WEB, real: A };
const web = aService({
  reals: [aReal(A), aReal(B)],
  fallback: aFallback('127.0.0.1:80'),
});

/** Both servers up.
 *  @param elder  what the director before it still has */
async function atWork(
  t: Test,
  traffic = recordingTraffic(),
  elder = recordingTraffic(),
  drainDeadlineMs?: number,
) {
  const kept: (readonly KeptOverride[])[] = [];
  const overrides = {
    of: () => new Map(),
    drains: () => [],
    keep: async (all: readonly KeptOverride[]) => {
      kept.push(all);
      return undefined;
    },
  };
  const elders = () => [['of pid 1', elder] as const];
  const bench = aBench(t, recordingEngine({ traffic }), {}, { overrides, elders });
  const options = { ...OPTIONS, drainDeadlineMs };
  await bench.director.apply(aConfig([{ ...web, options }]));
  for (const id of [A, B]) bench.runner.report(id, good());
  await bench.settle();
  bench.log.take();
  return { ...bench, desk: bench.director.desk, kept, traffic };
}
type Test = Parameters<typeof aBench>[0];

t.test('a weight is in force, in the log, told and kept', async (t) => {
  const { desk, inForce, log, kept, director } = await atWork(t);
  const last = desk.events.since(0).at(-1)?.id ?? 0;
  const { before, after } = await desk.change(REF, { weight: 5 }, 'uid 0 (root)');
  t.equal(before, null);
  t.match(after, { state: 'ready', weight: 5, by: 'uid 0 (root)' });
  t.strictSame(await inForce(), [`${A}@5`, `${B}@1`]);
  t.strictSame(log.take(), [
    `Restored real server: ${A} (10.1.1.19:80) (Weight set to 5)`,
    `Changed by uid 0 (root): weight of real server: ${A} (10.1.1.19:80): 1 -> 5`,
  ]);
  t.match(desk.events.since(last), [
    { type: 'real', real: A, from: 'up', to: 'up', weight: 5, message: null },
    { type: 'change', by: 'uid 0 (root)', what: 'weight', old: 1, new: 5 },
  ]);
  t.match(kept.at(-1), [{ service: WEB, real: { id: A }, override: after }]);
  const [status] = await director.services();
  t.match(status?.reals[0], { weight: 5, configuredWeight: 1, override: after });
});

t.test('a change is answered when it would outlive the director', async (t) => {
  let write = () => {};
  const written = new Promise<undefined>((resolve) => {
    write = () => resolve(undefined);
  });
  const overrides = { of: () => new Map(), drains: () => [], keep: () => written };
  const { director, runner, settle } = aBench(t, recordingEngine(), {}, { overrides });
  await director.apply(aConfig([web]));
  for (const id of [A, B]) runner.report(id, good());
  await settle();
  let isAnswered = false;
  const change = director.desk.change(REF, { weight: 5 }, 'uid 0').then(() => {
    isAnswered = true;
  });
  await settle();
  t.notOk(isAnswered);
  write();
  await change;
  t.ok(isAnswered);
});

t.test('what is in force and not kept is answered with why', async (t) => {
  let problem: string | undefined = '/state cannot be written: ENOSPC';
  const overrides = {
    of: () => new Map(),
    drains: () => [],
    keep: async () => problem,
  };
  const { director, runner, settle, inForce } = aBench(
    ...[t, recordingEngine({ traffic: recordingTraffic() }), {}, { overrides }],
  );
  const { desk } = director;
  await director.apply(aConfig([web]));
  for (const id of [A, B]) runner.report(id, good());
  await settle();
  const warning =
    'in force, but it would not outlive the director: /state cannot be written: ENOSPC';
  const heavy = await desk.change(REF, { weight: 5 }, 'x');
  t.match(heavy, { after: { weight: 5 }, warning });
  t.strictSame(await inForce(), [`${A}@5`, `${B}@1`]);
  const again = await desk.change(REF, { weight: 5 }, 'x');
  t.match(again, { warning }, 'also where it is as wished already');
  t.match(await desk.drain(REF, { withinMs: 0, by: 'x' }), { warning });
  problem = undefined;
  t.notHas(await desk.change(REF, { weight: 6 }, 'x'), { warning });
  t.notHas(await desk.drain(REF, { withinMs: 0, by: 'x' }), { warning });
});

t.test('a disk that does not answer is not waited for, and said so', async (t) => {
  const overrides = {
    of: () => new Map(),
    drains: () => [],
    keep: () => new Promise<never>(() => {}),
  };
  const { director } = aBench(t, recordingEngine(), {}, { overrides });
  await director.apply(aConfig([web]));
  const { warning } = await director.desk.change(REF, { weight: 5 }, 'x');
  t.match(warning, /^in force, but .*: it is not on disk after 2 s$/);
});

t.test('what changes nothing is not told', async (t) => {
  const { desk, log } = await atWork(t);
  const last = desk.events.since(0).at(-1)?.id ?? 0;
  for (const wish of [{ weight: 1 }, { weight: null }, { state: 'ready' }, {}] as const)
    t.match(await desk.change(REF, wish, 'x'), { before: null, after: null });
  t.strictSame(log.take(), []);
  t.strictSame(desk.events.since(last), []);
});

t.test('state and weight are wished apart, and taken back apart', async (t) => {
  const { desk, inForce } = await atWork(t);
  await desk.change(REF, { weight: 5 }, 'x');
  await desk.change(REF, { state: 'drain' }, 'x');
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`]);
  await desk.change(REF, { state: 'ready' }, 'x');
  t.strictSame(await inForce(), [`${A}@5`, `${B}@1`]);
  await desk.change(REF, { state: 'maintenance', weight: null }, 'x');
  t.strictSame(await inForce(), [`${B}@1`]);
  await desk.change(REF, { state: 'ready' }, 'x');
  t.strictSame(await inForce(), [`${A}@1`, `${B}@1`]);
});

t.test('before another director takes over nothing is changed', async (t) => {
  const { desk, director, inForce } = await atWork(t);
  const held = director.hold();
  const refused = { name: 'NotPossible', message: /an upgrade is under way/ };
  await t.rejects(desk.change(REF, { weight: 5 }, 'x'), refused);
  await t.rejects(desk.drain(REF, { withinMs: 0, by: 'x' }), refused);
  t.strictSame(await inForce(), [`${A}@1`, `${B}@1`]);
  held[Symbol.dispose]();
  await desk.change(REF, { weight: 5 }, 'x');
  t.strictSame(await inForce(), [`${A}@5`, `${B}@1`]);
});

t.test('with all in maintenance the fallback is in force', async (t) => {
  const { desk, inForce, runner, director } = await atWork(t);
  for (const real of [A, B])
    await desk.change({ ...REF, real }, { state: 'maintenance' }, 'x');
  runner.report(A, good());
  t.strictSame(await inForce(), ['fallback:127.0.0.1:80@1']);
  t.match(await director.services(), [{ state: 'fallback' }]);
  t.match(desk.events.since(0).at(-2), { type: 'service', from: 'up', to: 'fallback' });
});

t.test('what is not there, or cannot be, is refused in words', async (t) => {
  const { desk } = await atWork(t);
  const refused = (ref: typeof REF, wish: { weight: number }, name: string) =>
    t.rejects(desk.change(ref, wish, 'x'), { name });
  await refused({ ...REF, service: 'tcp:1.1.1.1:1' }, { weight: 1 }, 'NotFound');
  await refused({ ...REF, real: '1.1.1.1:1' }, { weight: 1 }, 'NotFound');
  await refused(
    { ...REF, real: 'fallback:127.0.0.1:80' },
    { weight: 1 },
    'NotPossible',
  );
  for (const weight of [-1, 1.5, 65_536, Number.NaN])
    await refused(REF, { weight }, 'NotPossible');
  const service = 'tcp:1.1.1.1:1';
  t.throws(() => desk.connections({ service }, 1), { name: 'NotFound' });
  await t.rejects(desk.end({ service }, 'x'), { name: 'NotFound' });
  await t.rejects(desk.end({ id: 'none' }, 'x'), { name: 'NotFound' });
});

t.test('changes of an earlier run hold from the start', async (t) => {
  const since = '2026-11-23T12:00:00.000Z';
  const override: Override = { state: 'drain', weight: null, by: 'uid 0', since };
  const overrides = {
    of: () => new Map([[A, override]]),
    drains: () => [],
    keep: async () => undefined,
  };
  const { director, runner, inForce } = aBench(t, recordingEngine(), {}, { overrides });
  await director.apply(aConfig([web]));
  for (const id of [A, B]) runner.report(id, good());
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`]);
  t.match(await director.services(), [{ reals: [{ state: 'drain', override }, {}] }]);
});

t.test(
  'a change whose server or service leaves the file is told of as over',
  async (t) => {
    const { desk, director, log, kept } = await atWork(t);
    await desk.change(REF, { weight: 5 }, 'uid 0 (root)');
    await desk.change({ ...REF, real: B }, { state: 'drain' }, 'page user anna');
    log.take();
    const over = (real: string, was: string) =>
      `Run-time change of real server: ${real} (10.1.1.19:80) is over (it is not in the file any more; it was ${was})`;
    await director.apply(aConfig([{ ...web, reals: [aReal(B)] }]));
    t.strictSame(log.take(), [
      `Purged real server (start): ${A} (10.1.1.19:80)`,
      over(A, 'weight 5, by uid 0 (root)'),
    ]);
    await director.apply(aConfig([]));
    t.strictSame(log.take(), [
      over(B, 'drain, by page user anna'),
      'Purged virtual server (start): 10.1.1.19:80',
    ]);
    t.strictSame(kept.at(-1), []);
  },
);

t.test('a drain waits until the server is empty', async (t) => {
  const { desk, inForce, traffic, log } = await atWork(t);
  traffic.open = 3;
  const drain = desk.drain(REF, { withinMs: 60_000, by: 'x' });
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`]);
  traffic.open = 0;
  t.match(await drain, { ended: 0, forgotten: 0 });
  t.match(log.take().slice(1), [
    /^Changed by x: state of real server: .*: ready -> drain$/,
    /^Changed by x: drain of real server: .* within 60 s$/,
    /^Drained real server: .* \(0 connections ended\)$/,
  ]);
  t.match(await inForce(), [`${A}@0`, `${B}@1`], 'and it stays drained');
});

t.test('what is left at the deadline is ended, and clients forgotten', async (t) => {
  const { desk, traffic } = await atWork(t);
  Object.assign(traffic, { open: 3, persisting: 2 });
  const drained = await desk.drain(REF, { withinMs: 0, by: 'x' });
  t.match(drained, { ended: 3, forgotten: 2 });
  t.strictSame(traffic.calls, [
    { forget: { service: WEB, server: A } },
    { end: { service: WEB, server: A } },
  ]);
});

t.test('a look that fails now and then does not end a drain', async (t) => {
  const { desk, traffic } = await atWork(t);
  const list = traffic.connections;
  let looks = 0;
  traffic.connections = async (filter, most) => {
    if (++looks % 2 === 1) throw new Error('no answer');
    return list(filter, most);
  };
  traffic.open = 3;
  t.match(await desk.drain(REF, { withinMs: 200, by: 'x' }), { ended: 3 });
  traffic.connections = () => Promise.reject(new Error('no answer at all'));
  const drain = desk.drain(REF, { withinMs: 60_000, by: 'x' });
  await t.rejects(drain, { message: 'no answer at all' });
});

t.test(
  'what the director before still has counts, until it is ended too',
  async (t) => {
    const elder = recordingTraffic();
    const { desk, director } = await atWork(t, recordingTraffic(), elder);
    elder.open = 2;
    t.match(await desk.connections({ service: WEB }, 0), { total: 2 });
    t.match(await director.ownTraffic.connections({ service: WEB }, 0), { total: 0 });
    t.match(await desk.drain(REF, { withinMs: 100, by: 'x' }), { ended: 2 });
    t.match(elder.calls.at(-1), { end: { service: WEB, server: A } });
    elder.connections = async () => {
      throw new Error('no answer');
    };
    await t.rejects(desk.drain(REF, { withinMs: 0, by: 'x' }), {
      message: 'no answer',
    });
  },
);

t.test(
  'a drain that waits goes on with another director, in what is left',
  async (t) => {
    const before = await atWork(t);
    before.traffic.open = 1;
    const drain = before.desk.drain(REF, { withinMs: 60_000, by: 'uid 0' });
    drain.catch(() => {});
    const [waiting, ...others] = before.desk.waiting();
    t.match(waiting, { service: WEB, real: A, by: 'uid 0' });
    t.same(others, []);
    t.ok(waiting && waiting.leftMs > 50_000 && waiting.leftMs <= 60_000);

    const { desk, traffic, log } = await atWork(t);
    traffic.open = 1;
    const resume = (leftMs: number) =>
      desk.resume({ service: WEB, real: A, by: 'uid 0', leftMs });
    await resume(0);
    t.strictSame(
      log.take(),
      [],
      'a server whose line has changed is not drained any more',
    );
    await desk.change(REF, { state: 'drain' }, 'uid 0');
    log.take();
    const going = resume(60_000);
    t.match(desk.waiting(), [{ real: A, by: 'uid 0' }]);
    traffic.open = 0;
    await going;
    traffic.open = 1;
    await resume(0);
    t.match(log.take(), [
      /^The drain of real server: .* goes on, within 60 s \(by uid 0\)$/,
      /^Drained real server: .* \(0 connections ended\)$/,
      /^The drain of real server: .* goes on, within 0 s/,
      /^Drained real server: .* \(1 connections ended\)$/,
    ]);
    t.same(desk.waiting(), []);
  },
);

t.test('a later wish, or the end, ends the waiting', async (t) => {
  const { desk, traffic, director } = await atWork(t);
  traffic.open = 1;
  const wished = `${A}: something else was wished of it before it was empty`;
  const ended = `${A}: the director has ended, or handed over, before it was empty`;
  for (const [end, message] of [
    [() => desk.change(REF, { state: 'ready' }, 'x'), wished],
    [() => desk.drain(REF, { withinMs: 1e6, by: 'y' }).catch(() => {}), wished],
    [() => director.close(), ended],
  ] as const) {
    const drain = desk.drain(REF, { withinMs: 1e6, by: 'x' });
    end();
    await t.rejects(drain, { name: 'NotPossible', message });
  }
});

t.test('services and servers tell how they are', async (t) => {
  const { desk, runner, director, settle } = await atWork(t);
  await settle();
  t.match(desk.events.since(0), [
    { type: 'real', real: A, from: 'starting', to: 'up', weight: 1, message: '200 OK' },
    { type: 'real', real: B, from: 'starting', to: 'up' },
    { type: 'service', service: WEB, from: 'starting', to: 'up' },
  ]);
  const last = desk.events.since(0).at(-1)?.id ?? 0;
  for (const id of [A, B]) runner.report(id, bad());
  await settle();
  await director.apply(aConfig([{ ...web, reals: [aReal(A)] }]));
  await director.apply(aConfig([]));
  t.match(desk.events.since(last), [
    { type: 'real', real: A, from: 'up', to: 'down', weight: 0, message: /REFUSED/ },
    { type: 'real', real: B, from: 'up', to: 'down' },
    { type: 'service', from: 'up', to: 'fallback' },
    { type: 'real', real: B, from: 'down', to: null },
    { type: 'service', from: 'fallback', to: null },
  ]);
});

t.test(
  'a server that is taken out by hand is empty by the drain-deadline',
  async (t) => {
    for (const state of ['drain', 'maintenance'] as const) {
      const traffic = recordingTraffic();
      const { desk, log } = await atWork(t, traffic, recordingTraffic(), 300);
      traffic.open = 3;
      const began = performance.now();
      await desk.change(REF, { state }, 'x');
      t.match(desk.waiting(), [{ ...REF, by: 'x' }]);
      t.match(
        await log.saw(/^Drained/),
        `Drained real server: ${A} (10.1.1.19:80) (3 connections ended)`,
      );
      t.ok(performance.now() - began >= 290);
      t.strictSame(desk.waiting(), []);
    }
  },
);

t.test('one that is back before the drain-deadline keeps what it has', async (t) => {
  const traffic = recordingTraffic();
  const { desk } = await atWork(t, traffic, recordingTraffic(), 300);
  traffic.open = 3;
  const drain = desk.change(REF, { state: 'drain' }, 'x');
  const back = desk.change(REF, { state: 'ready' }, 'x');
  await Promise.all([drain, back]);
  t.strictSame(desk.waiting(), []);
  await new Promise((wait) => setTimeout(wait, 600));
  t.strictSame([traffic.open, traffic.calls], [3, []]);
});

t.test('a drain with a deadline of its own has that one', async (t) => {
  const traffic = recordingTraffic();
  const { desk } = await atWork(t, traffic, recordingTraffic(), 60_000);
  traffic.open = 3;
  t.match(await desk.drain(REF, { withinMs: 0, by: 'x' }), { ended: 3 });
});

t.test('a reload that takes a drain back ends its deadline too', async (t) => {
  const traffic = recordingTraffic();
  const { desk, director, inForce } = await atWork(t, traffic);
  traffic.open = 3;
  const reals = [aReal(A, { weight: 2 }), aReal(B)];
  const message = /its line in the config has changed/;
  const drain = desk.drain(REF, { withinMs: 300, by: 'x' });
  await Promise.all([
    t.rejects(drain, { name: 'NotPossible', message }),
    director.apply(aConfig([{ ...web, reals }])),
  ]);
  t.strictSame(await inForce(), [`${A}@2`, `${B}@1`]);
  t.strictSame(desk.waiting(), []);
  await new Promise((wait) => setTimeout(wait, 600));
  t.strictSame([traffic.open, traffic.calls], [3, []], 'nobody who is there now');
});

t.test('one that another reload leaves, or takes out, goes on', async (t) => {
  const traffic = recordingTraffic();
  const { desk, director } = await atWork(t, traffic);
  traffic.open = 3;
  const drain = desk.drain(REF, { withinMs: 300, by: 'x' });
  await director.apply(aConfig([{ ...web, checkinterval: 3 }]));
  await director.apply(aConfig([{ ...web, reals: [aReal(B)] }]));
  t.match(await drain, { ended: 3 });
});
