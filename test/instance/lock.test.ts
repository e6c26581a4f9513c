import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { type LockResult, takeLock } from '../../lib/instance/lock.ts';

const CONTENDER = fileURLToPath(import.meta.resolve('../support/lock-contender.js'));

t.test('of six that start at once, one takes the lock', async (t) => {
  const stem = join(t.testdir(), 'lock');
  const results = await Promise.all(Array.from({ length: 6 }, () => contend(t, stem)));
  const taken = results.filter(({ result }) => result.taken);
  t.equal(taken.length, 1);
  const winner = taken[0]?.child.pid;
  for (const { result } of results)
    if (!result.taken) t.equal(result.holder.pid, winner, 'the others learn of it');
});

t.test('a holder that was killed is succeeded by one only', async (t) => {
  const stem = join(t.testdir(), 'lock');
  const first = await contend(t, stem);
  t.ok(first.result.taken);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const results = await Promise.all(Array.from({ length: 3 }, () => contend(t, stem)));
  t.equal(results.filter(({ result }) => result.taken).length, 1);
  t.ok(existsSync(`${stem}.2`), 'the next number is taken');
});

t.test('a lock whose owner is another process under the same number is free', (t) => {
  const folder = t.testdir();
  writeFileSync(join(folder, 'lock.7'), `${process.pid} 1\n`);
  t.same(takeLock(join(folder, 'lock')), { taken: true });
  t.same(readdirSync(folder), ['lock.8'], 'older numbers are swept');
  t.end();
});

t.test('the lock of one name is not that of a longer one', (t) => {
  const folder = t.testdir({ 'lock.9.x': 'x' });
  t.same(takeLock(join(folder, 'lock')), { taken: true });
  t.same(readdirSync(folder).sort(), ['lock.1', 'lock.9.x']);
  t.end();
});

async function contend(
  t: Test,
  stem: string,
): Promise<{ child: ChildProcess; result: LockResult }> {
  const child = fork(CONTENDER, [stem], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const [message] = await once(child, 'message');
  return { child, result: message.lock as LockResult };
}
