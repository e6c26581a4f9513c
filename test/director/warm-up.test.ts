import t from 'tap';
import { aConfig, aService, OPTIONS } from '../support/config.ts';
import { aBench, type Bench, WEB } from '../support/director.ts';
import { A, B, TWO } from '../support/pool-cast.ts';
import { bad, good } from '../support/reports.ts';

const SLOW_START_MS = 500;
const options = { ...OPTIONS, slowStartMs: SLOW_START_MS };
const config = aConfig([aService({ reals: TWO, options })]);

/** Both are up, and A was down for a moment: it warms up. */
function comesBack({ report }: Pick<Bench['runner'], 'report'>): void {
  for (const [real, said] of [
    [A, good()],
    [B, good()],
    [A, bad()],
    [A, good()],
  ] as const)
    report(real, said);
}

t.test('the share of a server that came back grows with time', async (t) => {
  const { director, runner, engine, log, inForce } = aBench(t);
  await director.apply(config);
  for (const [real, report] of [
    [A, good()],
    [B, good()],
    [A, bad()],
  ] as const)
    runner.report(real, report);
  t.strictSame(await inForce(), [`${B}@1`]);

  /** Follows it to its end. @returns what is seen half way */
  const half = async (began: number) => {
    const seen: {
      readonly from: number;
      readonly at: number;
      readonly part: number;
    }[] = [];
    for (let warming: number | null = 0, from = 0; warming !== null; ) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      // Reports, at whatever moment, put nothing off.
      runner.report(A, good());
      const [service] = await director.services();
      const [real, other] = service?.reals ?? [];
      warming = real?.warming ?? null;
      const weight = real?.weight ?? 0;
      const at = (performance.now() - began) / SLOW_START_MS;
      seen.push({ from, at, part: (2 * weight) / (weight + (other?.weight ?? 0)) });
      from = at;
    }
    // After a pause of this process the steps that were due meanwhile may still be.
    return seen.filter(({ from, at }) => from > 0.4 && at < 0.6);
  };

  const before = engine.tables.length;
  const began = performance.now();
  runner.report(A, good());
  t.strictSame(await inForce(), [`${A}@1`, `${B}@38`]);
  let seen = await half(began);
  const took = performance.now() - began;
  t.ok(took >= SLOW_START_MS * 0.95, `${took} ms`);
  t.strictSame(await inForce(), [`${A}@1`, `${B}@1`]);
  t.ok(engine.tables.length - before <= 11, 'a table a step, and no more');
  t.equal(log.lines.filter((line) => /Warm/.test(line)).length, 2);
  t.equal(
    director.desk.events.since(0).filter(({ type }) => type === 'real').length,
    4,
  );
  for (let tries = 1; seen.length === 0 && tries < 20; tries++) {
    runner.report(A, bad());
    const again = performance.now();
    runner.report(A, good());
    seen = await half(again);
  }
  t.ok(
    seen.length > 0 && seen.every(({ part }) => part > 0.3 && part < 0.6),
    `${JSON.stringify(seen)}`,
  );
});

t.test('a drain on the way costs time, and no step', async (t) => {
  const { director, runner, inForce, settle } = aBench(t);
  await director.apply(config);
  comesBack(runner);
  const warming = async () => (await director.services())[0]?.reals[0]?.warming;
  const ref = { service: WEB, real: A };
  let before = await warming();
  while ((before ?? 100) < 35) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    before = await warming();
  }
  await director.desk.change(ref, { state: 'drain' }, 'x');
  t.equal(await warming(), null);
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`]);
  await new Promise((resolve) => setTimeout(resolve, SLOW_START_MS));
  await director.desk.change(ref, { state: 'ready' }, 'x');
  await settle();
  const after = await warming();
  t.ok(
    after && before && after >= before && after <= before + 20,
    `${before}, ${after}`,
  );
  const began = performance.now();
  while ((await warming()) !== null) await new Promise((go) => setTimeout(go, 5));
  t.ok(performance.now() - began >= SLOW_START_MS * 0.3, 'it has the rest of the time');
  t.strictSame(await inForce(), [`${A}@1`, `${B}@1`]);
});

t.test('a director that closes takes no further step', async (t) => {
  const { director, runner, engine, settle } = aBench(t);
  await director.apply(config);
  for (const report of [good(), bad(), good()]) runner.report(A, report);
  runner.report(B, good());
  for (const report of [bad(), good()]) runner.report(A, report);
  t.match(await director.services(), [{ id: WEB, reals: [{ warming: 5 }, {}] }]);
  await director.close();
  await settle();
  const before = engine.tables.length;
  await new Promise((resolve) => setTimeout(resolve, SLOW_START_MS / 4));
  t.equal(engine.tables.length, before);
});

t.test('a step of a time that has become shorter is due at once', async (t) => {
  const timers = t.capture(globalThis, 'setTimeout', globalThis.setTimeout);
  const { director, runner, settle } = aBench(t);
  const slow = { ...OPTIONS, slowStartMs: 60_000 };
  await director.apply(aConfig([aService({ reals: TWO, options: slow })]));
  comesBack(runner);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const quick = { ...OPTIONS, slowStartMs: 100 };
  await director.apply(aConfig([aService({ reals: TWO, options: quick })]));
  const warming = async () => (await director.services())[0]?.reals[0]?.warming;
  while ((await warming()) !== null) await new Promise((go) => setTimeout(go, 5));
  await settle();
  const delays = timers().map(({ args }) => Number(args[1] ?? 0));
  t.same(
    delays.filter((delay) => delay < 0),
    [],
  );
});
