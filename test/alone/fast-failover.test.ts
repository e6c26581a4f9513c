import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { gets } from '../heartbeat/lab/promptly.ts';
import { ADDRESS, twoHosts } from '../heartbeat/lab/two-hosts.ts';
import { lab } from '../support/lab.ts';

t.setTimeout(120_000);

const TIMING = {
  keepalive: '100ms',
  warntime: '250ms',
  deadtime: '500ms',
  initdead: '4',
  auto_failback: 'yes',
} as const;
/** From the death of the node that has the address until the kernel of the other one has it. */
const BOUND_MS = 1000;
const BUSY_MS = process.env.HEARTBEAT === 'long' ? 60_000 : 6000;
const AUTOGROUP = '/proc/self/autogroup';
/** Wait for the processor all the time, for each of which there is one. */
const LOOPS_A_PROCESSOR = 4;

/** Each in a session of its own, for the kernel shares the processor among these: as important as what is tested,
 *  also where that was made less so. */
function busy(): AsyncDisposable {
  const many = LOOPS_A_PROCESSOR * availableParallelism();
  const [, nice] = /nice (-?\d+)/.exec(autogroup()) ?? [];
  const alike = nice === undefined ? '' : `echo ${nice} >/proc/self/autogroup; `;
  const ended = `${alike}exec timeout ${BUSY_MS / 1000 + 60} sh -c 'while :; do :; done'`;
  const loops = Array.from({ length: many }, () =>
    spawn('sh', ['-c', ended], { detached: true, stdio: 'ignore' }),
  );
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(loops.map(end));
    },
  };
}

/** See sched(7); empty where the kernel has none. */
function autogroup(): string {
  return existsSync(AUTOGROUP) ? readFileSync(AUTOGROUP, 'latin1') : '';
}

async function end(loop: ChildProcess): Promise<void> {
  if (loop.exitCode !== null || loop.pid === undefined) return;
  const over = once(loop, 'exit');
  process.kill(-loop.pid, 'SIGKILL');
  await over;
}

t.test(
  'the address moves within a second, and never without a cause, on busy hosts',
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
    for (const node of [lb1, lb2]) {
      t.notMatch(node.log(), /: is dead/, 'nobody is taken for dead');
      t.comment(
        `${node.log().split('Late heartbeat').length - 1} heartbeats were late`,
      );
    }
    t.equal(holders.together(quiet), 0);
    const moved = await gets(lb2.host, ADDRESS);
    const since = performance.now();
    const { began } = await lb1.host.killAll();
    const ms = Math.round((await moved.at) - began);
    t.ok(ms <= BOUND_MS, `${ms} ms`);
    await two.settles('lb2', true);
    // For these the client and Apache wait for the processor too.
    const outage = Math.round(visitor.outage(since));
    t.comment(
      `kill -9 on a busy host: moved after ${ms} ms, nobody answered for ${outage} ms`,
    );
  },
);
