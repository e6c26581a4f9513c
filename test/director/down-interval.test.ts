import t from 'tap';
import { aConfig, aService, OPTIONS } from '../support/config.ts';
import { aBench } from '../support/director.ts';
import { A, ONE } from '../support/pool-cast.ts';
import { bad, good } from '../support/reports.ts';

t.test('the down interval holds until a server counts as up again', async (t) => {
  const { director, runner } = aBench(t);
  const options = { ...OPTIONS, rise: 2, downIntervalMs: 500, checkJitter: 10 };
  await director.apply(aConfig([aService({ reals: ONE, options, failurecount: 2 })]));
  t.match(runner.plans(), [{ intervalMs: 10_000, downIntervalMs: 500, jitter: 0.1 }]);
  const seen = [bad(), good(), good(), bad(), bad(), good()].map((report) => {
    runner.report(A, report);
    return runner.isDown(A);
  });
  t.same(seen, [true, true, false, false, true, true]);
});

t.test('without one nobody is asked', async (t) => {
  const { director, runner } = aBench(t);
  await director.apply(aConfig([aService({ reals: ONE })]));
  t.match(runner.plans(), [{ downIntervalMs: undefined, jitter: 0 }]);
  runner.report(A, bad());
  t.equal(runner.isDown(A), undefined);
});
