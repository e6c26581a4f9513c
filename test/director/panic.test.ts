import t from 'tap';
import { aConfig, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { A, B, TWO } from '../support/pool-cast.ts';
import { bad, good } from '../support/reports.ts';

t.test(
  'a panic is said in status, log, events and mail, and so is its end',
  async (t) => {
    const { director, runner, log, alerts, inForce } = aBench(t);
    const options = { ...OPTIONS, panicThreshold: 50 };
    await director.apply(aConfig([aService({ reals: TWO, options })]));
    for (const place of [A, B]) runner.report(place, good());
    await inForce();
    const { events } = director.desk;
    const before = events.since(0).at(-1)?.id ?? 0;
    for (const place of [A, B]) runner.report(place, bad());
    t.strictSame(await inForce(), [`${B}@1`]);
    t.match(await director.services(), [
      {
        id: WEB,
        state: 'panic',
        problem:
          /^panic: 2 of 2 real servers are down by their checks, 1 of them in force all the same, since panic-threshold = 50%/,
        reals: [
          { id: A, state: 'down', weight: 0, inForce: false },
          { id: B, state: 'down', weight: 1, inForce: true },
        ],
      },
    ]);
    t.match(
      log.lines.at(-1),
      /^Panic: real server: 10\.1\.1\.22:80 \(10\.1\.1\.19:80\)/,
    );
    t.match(alerts.told.at(-1), { subject: /^Panic: real server: 10/ });
    t.match(events.since(before), [
      { type: 'real', real: A, to: 'down', weight: 0 },
      { type: 'real', real: B, to: 'down', weight: 1 },
      { type: 'service', from: 'up', to: 'panic' },
    ]);

    const then = events.since(0).at(-1)?.id ?? 0;
    runner.report(A, good());
    t.strictSame(await inForce(), [`${A}@1`]);
    t.match(await director.services(), [{ state: 'up', problem: null }]);
    t.match(events.since(then), [
      { type: 'real', real: A, to: 'up', weight: 1 },
      { type: 'real', real: B, from: 'down', to: 'down', weight: 0 },
      { type: 'service', from: 'panic', to: 'up' },
    ]);
  },
);
