import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runCommand } from '../../lib/alerts/command.ts';
import { recordingLog } from '../support/recording-log.ts';

const LIMITS = { timeoutMs: 60_000, signal: new AbortController().signal };

async function aFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'l4director-command-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

/** Settles when no process of that id is left. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ' Z ');
    // A zombie is dead: whoever inherited it has not looked yet.
    if (stat.includes(' Z ')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

t.test('the shell runs the command', async (t) => {
  const file = join(await aFolder(t), 'out');
  const log = recordingLog();
  t.equal(await runCommand(`echo "a  b" | tr a c > ${file}`, LIMITS, log), true);
  t.equal(await readFile(file, 'utf8'), 'c  b\n');
  t.strictSame(log.lines, []);
});

const FAILURES = [
  ['exit 3', 'exit status 3'],
  ['/nonexistent/command', 'exit status 127'],
  ['kill -9 $$', 'killed by SIGKILL'],
] as const;

for (const [command, why] of FAILURES)
  t.test(`a command that fails is logged: ${why}`, async (t) => {
    const log = recordingLog();
    t.equal(await runCommand(command, LIMITS, log), false);
    t.strictSame(log.lines, [`system(${command}) failed: ${why}`]);
  });

t.test('a command that cannot even be started is logged too', async (t) => {
  const log = recordingLog();
  t.equal(await runCommand('/bin/a\0b', LIMITS, log), false);
  t.match(log.lines, [/^system\(.*\) failed: .*without null bytes/]);
});

t.test('past its time a command is ended with its children', async (t) => {
  const file = join(await aFolder(t), 'pid');
  const log = recordingLog();
  const command = `sleep 1000 & echo $! > ${file}; wait`;
  t.equal(await runCommand(command, { ...LIMITS, timeoutMs: 3_000 }, log), false);
  t.strictSame(log.lines, [
    `system_timeout(3, ${command}) timed out, kill -TERM child`,
    `system(${command}) failed: killed by SIGTERM`,
  ]);
  await gone(Number(await readFile(file, 'utf8')));
});

t.test('one that ignores TERM is killed', async (t) => {
  const log = recordingLog();
  const command = "trap '' TERM; while :; do sleep 0.1; done";
  t.equal(await runCommand(command, { ...LIMITS, timeoutMs: 3_000 }, log), false);
  t.match(log.lines.at(-1), /killed by SIGKILL$/);
});

t.test('an abort ends it, and none starts after one', async (t) => {
  const folder = await aFolder(t);
  const log = recordingLog();
  const end = new AbortController();
  const limits = { ...LIMITS, signal: end.signal };
  const running = runCommand('sleep 1000', limits, log);
  end.abort();
  t.equal(await running, false);
  t.equal(await runCommand(`echo > ${folder}/late`, limits, log), false);
  await t.rejects(readFile(join(folder, 'late')), { code: 'ENOENT' });
});

t.test('what it leaves in the background is no reason to wait', async (t) => {
  const file = join(await aFolder(t), 'pid');
  const log = recordingLog();
  t.equal(await runCommand(`sleep 1000 & echo $! > ${file}`, LIMITS, log), true);
  const pid = Number(await readFile(file, 'utf8'));
  t.equal(process.kill(pid, 0), true, 'it lives on');
  process.kill(pid);
});
