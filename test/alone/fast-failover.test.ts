import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { twoHosts } from '../heartbeat/lab/two-hosts.ts';
import { lab } from '../support/lab.ts';

t.setTimeout(120_000);

const TIMING = {
  keepalive: '100ms',
  warntime: '250ms',
  deadtime: '500ms',
  initdead: '4',
  auto_failback: 'yes',
} as const;
/** deadtime, and a second. */
const BOUND_MS = 1500;
const BUSY_MS = 15_000;
/** Wait for the processor all the time, for each of which there is one. */
const LOOPS_A_PROCESSOR = 4;

/** Each in a session of its own, for the kernel shares the processor among these. */
function busy(): AsyncDisposable {
  const many = LOOPS_A_PROCESSOR * availableParallelism();
  const ended = `exec timeout ${(2 * BUSY_MS) / 1000} sh -c 'while :; do :; done'`;
  const loops = Array.from({ length: many }, () =>
    spawn('sh', ['-c', ended], { detached: true, stdio: 'ignore' }),
  );
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(loops.map(end));
    },
  };
}

async function end(loop: ChildProcess): Promise<void> {
  if (loop.exitCode !== null || loop.pid === undefined) return;
  const over = once(loop, 'exit');
  process.kill(-loop.pid, 'SIGKILL');
  await over;
}

t.test(
  'a failover within a second and a half, and none without a cause, on busy hosts',
  lab('namespaces', 'apache2'),
  async (t) => {
    await using two = await twoHosts(TIMING);
    const { lb1, lb2, visitor, holders } = two;
    lb1.start();
    lb2.start();
    await two.rests('lb1');
    await using _load = busy();
    const quiet = performance.now();
    await sleep(BUSY_MS);
    for (const node of [lb1, lb2])
      t.notMatch(node.log(), /: is dead|Late heartbeat/, 'every heartbeat was on time');
    t.equal(holders.together(quiet), 0);
    const since = performance.now();
    await lb1.host.killAll();
    await two.settles('lb2', true);
    const ms = Math.round(visitor.outage(since));
    t.comment(`kill -9 on a busy host: nobody answered for ${ms} ms`);
    t.ok(ms <= BOUND_MS, `${ms} ms`);
  },
);
