import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { Guard } from '../../bench/guard.ts';
import { isDead } from '../lab/leftovers.ts';

const BENCH = new URL('../../bench/', import.meta.url);
const PROGRAM = `
const { Guard } = await import('${new URL('guard.js', BENCH)}');
const { Child } = await import('${new URL('child.js', BENCH)}');
const { inQuota, lacksQuota } = await import('${new URL('cgroup.js', BENCH)}');
const quota = lacksQuota() ? [] : inQuota('test', 50);
const { folder } = new Guard();
const { pid } = new Child('sleeper', [...quota, '/bin/sleep', '60']);
process.stdout.write(JSON.stringify({ folder, pid, group: quota.at(-1) ?? folder }));
`;
const WITHIN_MS = 5000;

async function comesTrue(condition: () => boolean): Promise<boolean> {
  for (const until = Date.now() + WITHIN_MS; Date.now() < until; await wait(20))
    if (condition()) return true;
  return false;
}

t.test('the folder goes when the guard is let go', async (t) => {
  const guard = new Guard();
  t.ok(existsSync(guard.folder));
  await guard[Symbol.asyncDispose]();
  t.notOk(existsSync(guard.folder));
});

t.test(
  'after kill -9 neither folder nor programs nor control groups are left',
  async (t) => {
    const words = ['--input-type=module', '--eval', PROGRAM];
    const cwd = fileURLToPath(BENCH);
    const bench = spawn(process.execPath, words, {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await once(bench.stdout, 'data');
    const { folder, pid, group } = JSON.parse(String(said));
    t.ok(existsSync(folder));
    t.ok(existsSync(group));
    t.notOk(isDead(pid));
    bench.kill('SIGKILL');
    t.ok(await comesTrue(() => !existsSync(folder)), 'the folder');
    t.ok(await comesTrue(() => isDead(pid)), 'the program');
    t.ok(
      await comesTrue(() => !existsSync(group)),
      'its control group, if there was one',
    );
  },
);
