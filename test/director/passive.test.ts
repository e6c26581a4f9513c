import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { ServiceOptions } from '../../lib/model/virtual-service.ts';
import { aConfig, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { A, B, TWO } from '../support/pool-cast.ts';
import { bad, good } from '../support/reports.ts';

const HOLD_MS = 200;
const REASON = `connect ECONNREFUSED ${A}`;
const WHY = `5 of its connections failed within 30 s (${REASON}); out for 0.2 s at least`;
const PLACE = `${A} (10.1.1.19:80)`;
const options: ServiceOptions = {
  ...OPTIONS,
  passive: { connections: 5, windowMs: 30_000 },
  passiveHoldMs: HOLD_MS,
};
const web = aService({ reals: TWO, options, quiescent: true });

/** Two servers that are up. */
async function atWork(t: Test, service = web) {
  const bench = aBench(t);
  const { director, engine, runner, log } = bench;
  await director.apply(aConfig([service]));
  for (const id of [A, B]) runner.report(id, good());
  await bench.settle();
  log.take();
  const fail = (failures: number, server = A) =>
    engine.tell({
      type: 'traffic-failed',
      service: WEB,
      server,
      failures,
      reason: REASON,
    });
  const first = async () => (await director.services())[0]?.reals[0];
  return { ...bench, fail, first };
}

t.test(
  'the N-th failure takes a server out, and log, status, event and mail say why',
  async (t) => {
    const { director, log, alerts, fail, first, inForce } = await atWork(t);
    const { events } = director.desk;
    const before = events.since(0).at(-1)?.id ?? 0;
    fail(1);
    fail(3);
    t.strictSame(await inForce(), [`${A}@1`, `${B}@1`]);
    fail(1);
    t.strictSame(await inForce(), [`${A}@0`, `${B}@1`]);
    const line = `Quiescent real server: ${PLACE} (Weight set to 0)`;
    t.strictSame(log.take(), [`${line} (${WHY})`]);
    t.match(await first(), {
      ...{ state: 'down', weight: 0, ejections: 1, downs: 1 },
      check: { message: WHY, failures: 0 },
    });
    t.match(events.since(before), [
      { type: 'real', real: A, from: 'up', to: 'down', weight: 0, message: WHY },
    ]);
    t.match(alerts.told.at(-1), { subject: line, finding: WHY });
  },
);

t.test(
  'it comes back with the first good check after its time, and not before',
  async (t) => {
    const { runner, fail, first, inForce } = await atWork(t);
    const began = performance.now();
    fail(5);
    await inForce();
    // Of connections that were under way: they are no further proof.
    fail(50);
    for (;;) {
      runner.report(A, good());
      if ((await first())?.state === 'up') break;
      await sleep(5);
    }
    const tookMs = performance.now() - began;
    t.ok(tookMs >= HOLD_MS - 1, `${Math.round(tookMs)} ms`);
    t.strictSame(await inForce(), [`${A}@1`, `${B}@1`]);
    t.match(await first(), { ejections: 1, check: { message: '200 OK' } });
  },
);

t.test(
  'without a good check it stays out; the next time it is out for longer',
  async (t) => {
    const { runner, log, fail, first, inForce } = await atWork(t);
    fail(5);
    await inForce();
    await sleep(HOLD_MS * 1.5);
    t.match(await first(), { state: 'down', check: { message: '200 OK' } });
    runner.report(A, bad());
    t.match(await first(), { state: 'down', check: { message: /ECONNREFUSED/ } });
    runner.report(A, good());
    t.strictSame(await inForce(), [`${A}@1`, `${B}@1`]);
    log.take();
    fail(5);
    await inForce();
    t.match(log.take(), [/out for 0\.4 s at least\)$/]);
    t.match(await first(), { ejections: 2, state: 'down' });
  },
);

t.test('an operator who says that it is ready ends its time', async (t) => {
  const { director, runner, fail, inForce } = await atWork(t);
  fail(5);
  await inForce();
  director.desk.change({ service: WEB, real: A }, { state: 'ready' }, 'me');
  t.strictSame(
    await inForce(),
    [`${A}@0`, `${B}@1`],
    'a check must be good all the same',
  );
  runner.report(A, good());
  t.strictSame(await inForce(), [`${A}@1`, `${B}@1`]);
  fail(4);
  t.strictSame(
    await inForce(),
    [`${A}@1`, `${B}@1`],
    'what failed before is forgotten',
  );
});

t.test(
  'what failed before a server was down for its checks is forgotten',
  async (t) => {
    const { runner, fail, inForce } = await atWork(t);
    fail(4);
    await inForce();
    for (const report of [bad(), good()]) runner.report(A, report);
    fail(1);
    t.strictSame(await inForce(), [`${A}@1`, `${B}@1`]);
  },
);

t.test('a reload keeps it out, and forgets who left', async (t) => {
  const held = { ...web, options: { ...options, passiveHoldMs: 60_000 } };
  const { director, runner, fail, first, inForce } = await atWork(t, held);
  fail(5);
  await inForce();
  await director.apply(aConfig([{ ...held, scheduler: 'rr' }]));
  runner.report(A, good());
  t.match(await first(), { state: 'down', ejections: 1 });
  await director.apply(aConfig([{ ...held, reals: [aReal(B)] }]));
  fail(5);
  await director.apply(aConfig([held]));
  runner.report(A, good());
  t.strictSame(await inForce(), [`${A}@1`, `${B}@1`]);
  t.match(await first(), { state: 'up', ejections: 0 });
});

t.test(
  'nobody is taken out where it is off, or where no check would bring it back',
  async (t) => {
    for (const service of [
      { ...web, options: OPTIONS },
      { ...web, checktype: 'off' as const },
    ]) {
      const { engine, director, runner, inForce, settle } = await atWork(t);
      await director.apply(aConfig([service]));
      engine.tell({
        ...{ type: 'traffic-failed', service: WEB, server: A },
        ...{ failures: 50, reason: REASON },
      });
      await settle();
      t.strictSame(await inForce(), [`${A}@1`, `${B}@1`]);
      runner.report(A, good());
    }
  },
);

t.test('one that a panic keeps in force is told of as what it is', async (t) => {
  const service = { ...web, options: { ...options, panicThreshold: 50 } };
  const { director, fail, log, inForce } = await atWork(t, service);
  fail(5);
  fail(5, B);
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`]);
  t.match(
    log.take().at(-1),
    /^Panic: real server: .* 50 % of them \(5 of its connections/,
  );
  t.match(await director.services(), [
    {
      state: 'panic',
      problem: /are down by their checks or what clients met, 1 of them/,
    },
  ]);
});

t.test('a director that closes takes no further step', async (t) => {
  const { director, fail, inForce, log } = await atWork(t);
  fail(5);
  await inForce();
  await director.close();
  log.take();
  await sleep(HOLD_MS * 1.5);
  t.strictSame(log.take(), []);
});
