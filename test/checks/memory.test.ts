import t from 'tap';
import { createCheckRunner } from '../../lib/checks/runner.ts';
import type { CheckResult } from '../../lib/model/check.ts';
import { checkTarget, silentLog } from '../support/check-target.ts';
import { heapInUse } from '../support/heap.ts';

const SERVERS = 2000;

t.test('between its checks a planned one keeps little', async (t) => {
  const check = async (): Promise<CheckResult> => ({ up: true, message: 'up' });
  const load = async () => check;
  const chosen = { load, timeoutMs: 5000, timeoutWords: '5 s' };
  const runner = createCheckRunner({ log: silentLog, choose: () => chosen });
  t.teardown(() => runner.close());
  const subscriptions: Disposable[] = [];

  /** Plans some more, and waits for the first report of each. */
  async function plan(from: number, to: number): Promise<void> {
    let left = to - from;
    await new Promise<void>((resolve) => {
      for (let port = from; port < to; port++)
        subscriptions.push(
          runner.subscribe(
            { target: checkTarget({ checktype: 'connect', port }), intervalMs: 60_000 },
            () => --left === 0 && resolve(),
          ),
        );
    });
  }

  await plan(1, 100);
  const before = await heapInUse();
  await plan(100, 100 + SERVERS);
  const each = ((await heapInUse()) - before) / SERVERS;
  t.comment(`${Math.round(each)} bytes a server`);
  t.ok(each < 3000, `${Math.round(each)} bytes a server`);
  t.equal(subscriptions.length, 99 + SERVERS);
});
