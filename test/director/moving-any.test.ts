import fc from 'fast-check';
import t from 'tap';
import { aConfig } from '../support/config.ts';
import { aBench, type Bench } from '../support/director.ts';
import { A, by } from '../support/moving-bench.ts';
import { bad, good } from '../support/reports.ts';
import { NAMES, type Name, SlowEngines } from '../support/slow-engines.ts';

type Happening = (bench: Bench, engines: SlowEngines) => unknown;

/** What happens to a service while it may be on its way. */
const HAPPENINGS: Readonly<Record<string, (name: Name) => Happening>> = {
  'a reload that is waited for': (name) => (bench) =>
    bench.director.apply(aConfig([by(name)])),
  'a reload that is not': (name) => (bench) => {
    bench.director.apply(aConfig([by(name)]));
  },
  'an engine breaks': (name) => (_, engines) => engines.break(name),
  'an engine is mended': (name) => (_, engines) => engines.mend(name),
  'a check fails': () => (bench) => bench.runner.report(A, bad()),
  'a check is good': () => (bench) => bench.runner.report(A, good()),
  'time passes': () => (bench) => bench.settle(),
};

const names = fc.constantFrom(...NAMES);
const happening = fc.tuple(fc.constantFrom(...Object.keys(HAPPENINGS)), names);

t.test('whatever happens on the way, some engine has the service', async (t) => {
  const property = fc.asyncProperty(
    fc.array(happening, { maxLength: 14 }),
    names,
    fc.infiniteStream(fc.nat(3)),
    async (steps, last, turns) => {
      const engines = new SlowEngines(() => turns.next().value);
      const { net, ...others } = engines.all;
      const bench = aBench(t, net, others);
      await bench.director.apply(aConfig([by('net')]));
      bench.runner.report(A, good());
      for (const [what, name] of steps) await HAPPENINGS[what]?.(name)(bench, engines);
      for (const name of NAMES) engines.mend(name);
      await bench.director.apply(aConfig([by(last)]));
      await bench.settle();
      const [status] = await bench.director.services();
      await bench.director.close();
      const ended = { engine: status?.engine, having: [...engines.having] };
      return (
        engines.gaps === 0 && ended.engine === last && ended.having.join() === last
      );
    },
  );
  await fc.assert(property, { numRuns: 300 });
});
