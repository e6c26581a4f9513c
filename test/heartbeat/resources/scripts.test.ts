import { existsSync, readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { saysRunning } from '../../../lib/heartbeat/resources/script.ts';
import { until } from '../../support/site.ts';
import { Stage } from './stage.ts';

const GROUPS = 'lb1 a::one::two b\nlb2 c d\n';

function stage(t: Test, ...names: readonly string[]): Stage {
  const made = new Stage(t);
  for (const name of names) made.script(name);
  return made;
}

t.test('groups start from left to right, and stop from right to left', async (t) => {
  const its = stage(t, 'a', 'b', 'c', 'd');
  const resources = its.resources(GROUPS);
  t.equal(await resources.acquire('all'), 'none');
  t.same(its.calls(), ['a one two start', 'b start', 'c start', 'd start']);
  t.equal(await resources.release('all'), 'none');
  t.same(its.calls(), ['d stop', 'c stop', 'b stop', 'a one two stop']);
});

t.test(
  'local groups are those of this node, foreign ones the other node’s',
  async (t) => {
    const its = stage(t, 'a', 'b', 'c', 'd');
    const resources = its.resources(GROUPS);
    await resources.acquire('foreign');
    t.same(its.calls(), ['c start', 'd start']);
    await resources.acquire('local');
    t.same(its.calls(), ['a one two start', 'b start']);
    await resources.release('none');
    t.same(its.calls(), []);
  },
);

t.test('what runs already is not started, what has stopped is stopped', async (t) => {
  const its = stage(t, 'a', 'b');
  const resources = its.resources('lb1 a b\n');
  await resources.acquire('local');
  its.calls();
  await resources.acquire('local');
  t.same(its.calls(), []);
  await resources.release('local');
  its.calls();
  t.equal(await resources.release('local'), 'none');
  t.same(its.calls(), ['b stop', 'a stop']);
});

t.test('calls follow one another, whatever is asked for meanwhile', async (t) => {
  const its = stage(t, 'b');
  its.script('a', `start) sleep 0.3; echo "a is up" >> ${its.path('calls')} ;;`);
  const resources = its.resources('lb1 a b\n');
  await Promise.all([resources.acquire('local'), resources.release('local')]);
  t.same(its.calls(), ['a start', 'a is up', 'b start', 'b stop', 'a stop']);
});

t.test('a start that fails takes its group with it, and no other one', async (t) => {
  const its = stage(t, 'a', 'b', 'd');
  its.script('c', 'start) echo "no license" >&2; exit 3 ;;');
  const resources = its.resources('lb1 a b c d\nlb1 d::other\n');
  t.equal(await resources.acquire('all'), 'local');
  t.same(its.calls(), [
    ...['a start', 'b start', 'c start'],
    ...['d stop', 'c stop', 'b stop', 'a stop'],
    'd other start',
  ]);
  t.match(
    its.log.lines.find((line) => line.includes('did not start')),
    /^c did not start: .*exit status 3: no license/,
  );
});

t.test(
  'a script that is nowhere fails its group, and says where it was sought',
  async (t) => {
    const its = stage(t, 'a');
    const resources = its.resources('lb1 a\nlb2 nowhere\n');
    t.equal(await resources.acquire('all'), 'foreign');
    const [folder, other] = its.folders;
    t.ok(
      its.log.lines.some((line) =>
        line.includes(`no executable "nowhere" in ${folder} or ${other}`),
      ),
    );
  },
);

t.test('init.d comes after resource.d', async (t) => {
  const its = stage(t, 'a');
  its.script('a', 'start) exit 1 ;;', its.folders[1]);
  its.script('b', '', its.folders[1]);
  t.equal(await its.resources('lb1 a b\n').acquire('local'), 'none');
});

t.test(
  'a script that hangs is ended at its time-out, with what it began',
  async (t) => {
    const its = stage(t, 'a');
    its.script(
      'b',
      `start) sleep 77.77 & echo $! > ${its.path('pid')}; sleep 77.77 ;;`,
    );
    const resources = its.resources('lb1 a b\n', { scriptMs: 5000 });
    t.equal(await resources.acquire('local'), 'local');
    t.ok(its.log.lines.some((line) => /^b did not start: .*after 5 s/.test(line)));
    t.same(its.calls(), ['a start', 'b start', 'b stop', 'a stop']);
    const pid = Number(readFileSync(its.path('pid'), 'utf8'));
    await until(() => !existsSync(`/proc/${pid}`), 'the end of what the script began');
  },
);

t.test('what a script leaves may write long after it', async (t) => {
  const its = stage(t);
  const daemon = `sh -c 'sleep 0.5; echo late; touch ${its.path('survived')}'`;
  its.script('a', `start) echo "is up"; ${daemon} & exit 0 ;;`);
  const resources = its.resources('lb1 a\n');
  await resources.acquire('local');
  t.ok(its.log.lines.includes('a: is up'));
  await resources.close();
  await until(() => existsSync(its.path('survived')), 'the daemon to live on');
});

t.test(
  'a stop that fails is tried ten times, told, and ends nothing else',
  async (t) => {
    const its = stage(t, 'a');
    its.script('b', 'status) echo running ;; stop) exit 1 ;;');
    const resources = its.resources('lb1 a b\n');
    const began = performance.now();
    t.equal(await resources.release('local'), 'local');
    t.ok(performance.now() - began > 9 * 990, 'a second between tries');
    t.same(its.calls(), [...Array(10).fill('b stop'), 'a stop']);
    t.match(its.log.lines.at(-2), /^b did not stop: it may run on both nodes/);
  },
);

t.test('a stop that hangs keeps nothing else from its stop', async (t) => {
  const its = stage(t, 'a');
  its.script('b', 'status) echo running ;; stop) sleep 77.79 ;;');
  const resources = its.resources('lb1 a b\n', { scriptMs: 5000 });
  t.equal(await resources.release('local'), 'local');
  t.same(its.calls(), ['b stop', 'a stop']);
  t.match(its.log.lines.at(-2), /^b did not stop: .*timeout after 5 s/);
});

t.test('one that says it did not stop, and does not run, has stopped', async (t) => {
  const its = stage(t);
  its.script('b', 'status) echo "not running" ;; stop) exit 1 ;;');
  t.equal(await its.resources('lb1 b\n').release('local'), 'none');
  t.match(its.log.lines.at(-1), /does not run$/);
});

t.test('close ends the script that runs, and the wait for the next try', async (t) => {
  for (const cases of ['start) sleep 77.78 ;;', 'start) exit 1 ;; stop) exit 1 ;;']) {
    const its = stage(t);
    its.script('a', cases);
    const resources = its.resources('lb1 a\n');
    const acquired = resources.acquire('local');
    await until(() => existsSync(its.path('calls')), 'the script to begin');
    await resources.close();
    await t.rejects(acquired, { name: 'AbortError' });
    await t.rejects(resources.release('local'), { name: 'AbortError' });
  }
});

t.test('scripts find HA_ names in their environment', async (t) => {
  const its = stage(t);
  its.script('a', `start) echo "$HA_CURHOST" ;;`);
  await its.resources('lb1 a\n', { env: { HA_CURHOST: 'lb1' } }).acquire('local');
  t.ok(its.log.lines.includes('a: lb1'));
});

for (const [words, expected] of [
  ['running\n', true],
  ['httpd (pid 7) is Running', true],
  ['OK', true],
  ['not running', false],
  ['httpd is not  Running, OK', false],
  ['stopped', false],
  ['', false],
] as const)
  t.test(`status: ${JSON.stringify(words)}`, async (t) => {
    t.equal(saysRunning(words), expected);
  });
