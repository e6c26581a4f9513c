import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../lab/traffic.ts';
import { killed } from '../support/site.ts';
import { logs, start, weighs } from './steps.ts';
import type { Scenario } from './suite.ts';

const WITHIN_MS = 12_000;
/** Until a change is on disk, on a busy machine. */
const WRITTEN_MS = 1500;
/** For a look at what is open, and the probe by which a client learns that it is nobody's any more. */
const LOOK_MS = 4000;

/** What outlives a director that is killed. */
export const outliving: readonly Scenario[] = [
  {
    name: 'what is left at a drained server ends at the deadline, though the director was killed meanwhile',
    config: { example: 'seed.cf' },
    async play(stage, t) {
      const { client, daemon } = stage;
      const { web1 } = stage.web;
      await start(stage, t);
      const ended: string[] = [];
      for (let n = 0; n < 4; n++)
        void client.do('hold', '10.1.1.19', 80).then(
          (how) => ended.push(how),
          () => {}, // the lab is taken down
        );
      await daemon.until(({ acceptedConnections: all }) => all >= 4, LOOK_MS);
      const asked = now();
      const waits = daemon.command('drain', web1.id, '--within', `${WITHIN_MS}ms`);
      await weighs(stage, web1, 0, WITHIN_MS);
      await sleep(WRITTEN_MS);
      await killed(await daemon.pid());
      t.not((await waits).code, 0, 'who waited is told');
      // It may say that nobody takes clients: the other one's first check is to come.
      t.equal((await daemon.command('start')).code, 0);
      // On a busy machine it may be there only after the deadline.
      const due = Math.max(asked + WITHIN_MS, now());
      await sleep(due - now());
      await logs(
        stage,
        t,
        /^The drain of real server: 10\.1\.1\.21:80 \(10\.1\.1\.19:80\) goes on, within \d+ s \(by uid 0/,
        /^Drained real server: 10\.1\.1\.21:80 \(10\.1\.1\.19:80\) \(\d connections ended\)$/,
      );
      const late = Math.round(now() - due);
      t.ok(late < LOOK_MS, `at its time: ${late} ms after`);
      while (ended.length < 2 && now() < due + 2 * LOOK_MS) await sleep(50);
      t.ok(ended.length >= 2, 'half of them were there');
    },
  },
];
