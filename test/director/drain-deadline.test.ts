import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type {
  EndingDrain,
  KeptOverride,
  Override,
  OverrideStore,
} from '../../lib/model/override.ts';
import { aConfig, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { recordingEngine } from '../support/recording-engine.ts';
import { recordingTraffic } from '../support/recording-traffic.ts';
import { NOON } from '../support/reports.ts';
import { until } from '../support/site.ts';

// Deadlines of drains outlive the director.

const A = '10.1.1.21:80';
const REF = { service: WEB, real: A };
const web = aService({ reals: [aReal(A), aReal('10.1.1.22:80')] });
const at = (ms: number) => new Date(NOON + ms).toISOString();

/** A director's life with a state file in memory. */
function life(t: Test, left: readonly KeptOverride[] = []) {
  const traffic = recordingTraffic();
  let kept = left;
  const told: EndingDrain[] = [];
  const overrides: OverrideStore = {
    of({ id }) {
      const own = left.filter(({ service }) => service === id);
      for (const { service, real, drain } of own)
        if (drain) told.push({ service, real: real.id, ...drain });
      return new Map(own.map(({ real, override }) => [real.id, override]));
    },
    drains: () => told.splice(0),
    async keep(all) {
      kept = all;
      return undefined;
    },
  };
  const bench = aBench(t, recordingEngine({ traffic }), {}, { overrides });
  return { ...bench, desk: bench.director.desk, traffic, kept: () => kept };
}

t.test('a deadline is kept as long as there is one', async (t) => {
  const { director, desk, traffic, kept } = life(t);
  traffic.open = 3;
  await director.apply(aConfig([web]));
  const drained = desk.drain(REF, { withinMs: 60_000, by: 'uid 0' });
  await turn();
  t.match(kept(), [{ real: { id: A }, drain: { at: at(60_000), by: 'uid 0' } }]);
  const refused = t.rejects(drained, { name: 'NotPossible' });
  const again = desk.drain(REF, { withinMs: 90_000, by: 'uid 7' });
  await refused;
  await turn();
  t.match(kept(), [{ real: { id: A }, drain: { at: at(90_000), by: 'uid 7' } }]);
  traffic.open = 0;
  await again;
  t.match(kept(), [{ real: { id: A }, drain: undefined }], 'it is drained');
  t.strictSame(
    kept().map(({ drain }) => drain),
    [undefined],
  );

  traffic.open = 3;
  const third = desk.drain(REF, { withinMs: 60_000, by: 'uid 0' });
  const over = t.rejects(third, { name: 'NotPossible' });
  await desk.change(REF, { state: 'ready' }, 'uid 0');
  await over;
  t.strictSame(kept(), []);
});

t.test('a drain-deadline is kept too, and outlives the end', async (t) => {
  const { director, desk, traffic, kept } = life(t);
  traffic.open = 3;
  const options = { ...OPTIONS, drainDeadlineMs: 60_000 };
  await director.apply(aConfig([{ ...web, options }]));
  await desk.change(REF, { state: 'maintenance' }, 'uid 0');
  await director.apply(aConfig([{ ...web, checkinterval: 3, options }]));
  await director.close();
  t.match(kept(), [{ real: { id: A }, drain: { at: at(60_000), by: 'uid 0' } }]);
});

const override: Override = {
  ...{ state: 'drain', weight: null, by: 'uid 0' },
  since: at(-1000),
};
const leftWith = (ms: number): readonly KeptOverride[] => [
  { service: WEB, real: aReal(A), override, drain: { at: at(ms), by: 'uid 7' } },
];

t.test('after a start it goes on, in what is left', async (t) => {
  const { director, desk, log, traffic, kept } = life(t, leftWith(60_000));
  traffic.open = 3;
  await director.apply(aConfig([web]));
  t.match(desk.waiting(), [{ ...REF, by: 'uid 7' }]);
  t.match(kept(), leftWith(60_000));
  traffic.open = 0;
  await until(() => desk.waiting().length === 0, 'the end of the drain');
  t.match(log.take().slice(-2), [
    /^The drain of real server: .* goes on, within 60 s \(by uid 7\)$/,
    /^Drained real server: .* \(0 connections ended\)$/,
  ]);
  t.match(await director.services(), [{ reals: [{ override }, {}] }]);
});

t.test('one whose time came meanwhile is over once the engine has it', async (t) => {
  const { director, desk, log, traffic, kept } = life(t, leftWith(-5000));
  traffic.open = 3;
  await director.apply(aConfig([web]));
  await until(() => desk.waiting().length === 0, 'the end of the drain');
  t.match(log.take().slice(-2), [
    /goes on, within 0 s \(by uid 7\)$/,
    /^Drained real server: .* \(3 connections ended\)$/,
  ]);
  await turn();
  t.strictSame(
    kept().map(({ drain }) => drain),
    [undefined],
  );
  await director.apply(aConfig([{ ...web, checkinterval: 3 }]));
  t.strictSame(desk.waiting(), [], 'a reload begins none');
});
