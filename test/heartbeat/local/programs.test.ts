import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { asOthers } from '../../../lib/heartbeat/local/as-others.ts';
import { endLeftPrograms, Programs } from '../../../lib/heartbeat/local/programs.ts';
import { commandLine } from '../../support/site.ts';

function started(t: Test, detached = true): ChildProcess {
  const child = spawn('sleep', ['77.7'], { detached, stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

t.test('what runs stands in the file, and is ended from there', async (t) => {
  const file = join(t.testdir(), 'programs');
  const programs = new Programs(file);
  const [left, done] = [started(t), started(t)];
  programs.add(left);
  programs.add(done);
  const exit = once(done, 'exit');
  done.kill('SIGKILL');
  await exit;
  t.match(readFileSync(file, 'latin1'), new RegExp(`^${left.pid} \\d+\\n$`));
  const gone = once(left, 'exit');
  const words = await endLeftPrograms(file);
  t.same(words, ['sleep 77.7 ran still, left by an earlier run: it is ended']);
  t.match((await gone)[1], /^SIG(TERM|KILL)$/);
});

t.test('where nothing runs any more no file is left', async (t) => {
  const file = join(t.testdir(), 'programs');
  const programs = new Programs(file);
  const child = started(t);
  programs.add(child);
  t.ok(existsSync(file));
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
  t.notOk(existsSync(file));
});

t.test(
  'another process of that number is let alone, and so is no leader',
  async (t) => {
    const file = join(t.testdir(), 'programs');
    const [other, follower] = [started(t), started(t, false)];
    new Programs(file).add(follower);
    t.notOk(existsSync(file), 'its group is that of this process');
    writeFileSync(file, `${other.pid} 1\n1 1\n\nrubbish\n-1 -1\n`);
    t.same(await endLeftPrograms(file), []);
    t.same(commandLine(other.pid), ['sleep', '77.7']);
    t.notOk(existsSync(file));
    t.same(
      await endLeftPrograms(file),
      [],
      'nor is there a file where nothing was left',
    );
  },
);

t.test('the OOM killer may take what scripts start', async (t) => {
  const proc = t.testdir();
  mkdirSync(join(proc, '7'));
  const file = join(proc, '7', 'oom_score_adj');
  for (const [before, after] of [
    ['-1000\n', '0'],
    ['500\n', '500\n'],
  ] as const) {
    writeFileSync(file, before);
    asOthers(7, proc);
    t.equal(readFileSync(file, 'latin1'), after);
  }
  asOthers(8, proc);
});
