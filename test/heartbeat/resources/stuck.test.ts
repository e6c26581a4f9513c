import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { lab } from '../../support/lab.ts';
import { until } from '../../support/site.ts';
import { Stage } from './stage.ts';

function stage(t: Test, ...names: readonly string[]): Stage {
  const made = new Stage(t);
  for (const name of names) made.script(name);
  return made;
}

t.test('what neither starts nor stops again stays with this node', async (t) => {
  const its = stage(t, 'b');
  its.script(
    'a',
    'status) [ -e $0.on ] && echo running ;; start) touch $0.on; exit 1 ;;',
  );
  its.script(
    'c',
    'status) [ -e $0.on ] && echo running ;; start) touch $0.on; exit 1 ;; stop) exit 1 ;;',
  );
  const resources = its.resources('lb1 a\nlb2 b c\n', { scriptMs: 5000 });
  t.equal(await resources.acquire('all'), 'local', 'the other node must not have c');
  t.ok(its.log.lines.some((line) => /^c did not stop: it may run on/.test(line)));
});

t.test('what never was here needs no stop, and fails none', async (t) => {
  const its = stage(t, 'a');
  const resources = its.resources('lb1 a nowhere\n');
  const began = performance.now();
  t.equal(await resources.release('local'), 'none');
  t.ok(performance.now() - began < 5000, 'it is not tried ten times');
  t.ok(its.log.lines.some((line) => /^no executable "nowhere" in/.test(line)));
});

t.test('what was here and is gone has not stopped', async (t) => {
  const its = stage(t, 'a');
  const resources = its.resources('lb1 a\n', { scriptMs: 1500 });
  await resources.acquire('local');
  rmSync(join(its.folders[0], 'a'));
  t.equal(await resources.release('local'), 'local');
});

t.test(
  'one that not even SIGKILL ends is no more waited for',
  lab('root'),
  async (t) => {
    const its = stage(t, 'a');
    const pidFile = its.path('pid');
    its.script(
      'b',
      `status) echo running ;; stop) echo $$ > ${pidFile}; sleep 77.8 ;;`,
    );
    const resources = its.resources('lb1 a b\n', { scriptMs: 8000 });
    const began = performance.now();
    const released = resources.release('local');
    await until(
      () => existsSync(pidFile) && readFileSync(pidFile).length > 0,
      'its id',
    );
    await traced(t, readFileSync(pidFile, 'utf8').trim());
    t.equal(await released, 'local');
    const took = performance.now() - began;
    t.ok(took > 10_500 && took < 40_000, `its time, and three seconds (${took} ms)`);
    t.same(its.calls(), ['b stop', 'a stop'], 'and the rest of the group stops');
    t.match(
      its.log.lines.at(-2),
      /^b did not stop: .*does not end, not even by SIGKILL/,
    );
  },
);

/** Nobody learns of the end of a process but who traces it, and that one does not ask. */
async function traced(t: Test, pid: string): Promise<void> {
  const call = process.arch === 'arm64' ? 117 : 101;
  const attach = `syscall(${call}, 0x4206, $ARGV[0] + 0, 0, 0) == 0 or die "$!"; print "on"; sleep 60`;
  const tracer = spawn('perl', ['-e', `$| = 1; ${attach}`, pid], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => tracer.kill('SIGKILL'));
  const [said] = await Promise.race([
    once(tracer.stdout, 'data'),
    once(tracer, 'exit'),
  ]);
  t.equal(String(said), 'on', 'it is traced');
}
