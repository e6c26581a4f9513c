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
import { spawn } from 'node:child_process';
import { once } from 'node:events';
const { Guard } = await import('${new URL('guard.js', BENCH)}');
const { Child } = await import('${new URL('child.js', BENCH)}');
const { inQuota, lacksQuota } = await import('${new URL('cgroup.js', BENCH)}');
const { addNamespace, inNamespace, NAMESPACES } = await import('${new URL('namespaces.js', BENCH)}');
const quota = lacksQuota() ? [] : inQuota('test', 50);
const { folder } = new Guard();
const { pid } = new Child('sleeper', [...quota, '/bin/sleep', '60']);
const group = quota.at(-1) ?? folder;
let inside = { namespace: folder, stray: pid };
if (process.getuid() === 0) {
  await addNamespace('host');
  const [ip, ...words] = inNamespace('host');
  const stray = spawn(ip, [...words, '/bin/sh', '-c', 'echo inside; exec sleep 60']);
  await once(stray.stdout, 'data');
  inside = { namespace: NAMESPACES + 'host', stray: stray.pid };
}
process.stdout.write(JSON.stringify({ folder, pid, group, ...inside }));
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
  'after kill -9 neither folder nor programs nor control groups nor namespaces are left',
  async (t) => {
    const words = ['--input-type=module', '--eval', PROGRAM];
    const cwd = fileURLToPath(BENCH);
    const bench = spawn(process.execPath, words, {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await once(bench.stdout, 'data');
    const { folder, pid, group, namespace, stray } = JSON.parse(String(said));
    t.ok(existsSync(folder));
    t.ok(existsSync(group));
    t.ok(existsSync(namespace));
    t.notOk(isDead(pid));
    bench.kill('SIGKILL');
    t.ok(await comesTrue(() => !existsSync(folder)), 'the folder');
    t.ok(await comesTrue(() => isDead(pid)), 'the program');
    t.ok(
      await comesTrue(() => !existsSync(group)),
      'its control group, if there was one',
    );
    t.ok(
      await comesTrue(() => !existsSync(namespace)),
      'its namespace, if it made one',
    );
    t.ok(await comesTrue(() => isDead(stray)), 'and what still ran there');
  },
);
