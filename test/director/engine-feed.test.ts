import { setTimeout as wait } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { aConfig, aReal, aService } from '../support/config.ts';
import { aBench } from '../support/director.ts';
import { carried, recordingEngine } from '../support/recording-engine.ts';
import { good } from '../support/reports.ts';

/** Services with a real server each, whose first results come one by one.
 *  @returns when each call of the engine began and ended */
async function startOf(t: Test, services: number) {
  const calls: { readonly began: number; readonly ended: number }[] = [];
  const engine = recordingEngine({
    async apply(table) {
      const began = performance.now();
      await wait(1);
      calls.push({ began, ended: performance.now() });
      return table.map(carried);
    },
  });
  const { director, runner } = aBench(t, engine);
  const reals = Array.from({ length: services }, (_, n) => aReal(`10.1.1.21:${n + 1}`));
  const virtuals = reals.map((real) => aService({ port: real.port, reals: [real] }));
  await director.apply(aConfig(virtuals));
  for (const { id } of reals) {
    runner.report(id, good());
    await new Promise(setImmediate);
  }
  await director.settled(AbortSignal.timeout(20_000));
  t.strictSame(director.starting(), []);
  t.ok(engine.tables.at(-1)?.every(({ servers }) => servers.length === 1));
  return calls;
}

t.test('changes to a large table go to the engine together', async (t) => {
  const calls = await startOf(t, 500);
  t.ok(calls.length > 1);
  for (const [at, { began }] of calls.entries()) {
    const last = calls[at - 1];
    if (last) t.ok(began - last.ended >= 4.5, 'a pause of 5 ms, as timers count');
  }
});

t.test('changes to a small one go at once', async (t) => {
  const atOnce = async () => {
    const calls = await startOf(t, 20);
    return calls.some(({ began }, at) => began - (calls[at - 1]?.ended ?? 0) < 1);
  };
  // On a machine that is busy a timer may be late each time.
  for (let tries = 1; !(await atOnce()); tries++)
    if (tries === 5) return t.fail('a pause before each');
  return t.pass();
});
