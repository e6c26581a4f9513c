import { writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { lab } from '../support/lab.ts';
import { RealLdirectord } from '../support/real-ldirectord.ts';
import { type Outcome, Site } from '../support/site.ts';

t.jobs = 2; // ours and the real one beside each other

const EMPTY = 'checkinterval=1\nquiescent=yes\nlogfile="LOG"\n';
const BROKEN = 'chekinterval=1\n';

type Pick = 'code' | 'stdout' | 'stderr';

/** A command line, with what both must answer alike. CF stands for the config. */
interface Step {
  readonly args: string;
  readonly code: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Where the texts are our own. */
  readonly compare?: readonly Pick[];
  /** How both are left, for the real one to catch up. */
  readonly leaves?: 'running' | 'stopped';
  readonly before?: 'stale pid file' | 'broken config' | 'good config';
}

const RUNNING = 'ldirectord for CF is running with pid: PID\n';
const STOPPED = 'ldirectord is stopped for CF\n';
const STALE = 'ldirectord stale pid file PIDFILE for CF\n';

const STEPS: readonly Step[] = [
  { args: 'CF status', code: 3, stdout: STOPPED },
  { args: 'CF status junk', code: 3, stdout: STOPPED },
  { args: 'CF stop', code: 0 },
  { args: 'CF reload', code: 1 },
  { args: 'CF force-reload', code: 1 },
  { args: 'CF try-restart', code: 0 },
  { args: '', code: 255, compare: ['code', 'stderr'] },
  { args: 'CF bogus', code: 255, compare: ['code'] },
  {
    args: '-x CF status',
    code: 255,
    stderr: 'Unknown option: x\n',
    compare: ['code', 'stderr'],
  },
  { args: 'nope.cf status', code: 1, stderr: 'Config file nope.cf not found\n' },
  { args: 'nope.cf start', code: 1, stderr: 'Config file nope.cf not found\n' },
  { args: '-v', code: 0, compare: ['code', 'stderr'] },
  {
    before: 'stale pid file',
    args: 'CF status',
    code: 1,
    stdout: STOPPED,
    stderr: STALE,
  },
  { args: 'CF reload', code: 1 },
  { args: 'CF start', code: 0, leaves: 'running' },
  { args: 'CF status', code: 0, stderr: RUNNING },
  { args: 'CF start', code: 0 },
  { args: 'CF reload', code: 0 },
  { args: 'CF force-reload', code: 0 },
  { args: 'CF try-restart', code: 0, leaves: 'running' },
  { args: 'CF restart', code: 0, leaves: 'running' },
  { args: 'CF status', code: 0, stderr: RUNNING },
  { args: 'CF stop', code: 0, leaves: 'stopped' },
  { args: 'CF status', code: 3, stdout: STOPPED },
  { before: 'broken config', args: 'CF status', code: 2, compare: ['code', 'stdout'] },
  { args: 'CF start', code: 2, compare: ['code', 'stdout'] },
  { args: 'CF reload', code: 2, compare: ['code', 'stdout'] },
  { args: 'CF restart', code: 2, compare: ['code', 'stdout'] },
  { args: 'CF try-restart', code: 2, compare: ['code', 'stdout'] },
];

const ALL = ['code', 'stdout', 'stderr'] as const;

interface Driven {
  readonly config: string;
  readonly pidFile: string;
  write(config: string): void;
}

function prepare(site: Driven, { before }: Step): void {
  if (before === 'stale pid file') writeFileSync(site.pidFile, '4194305\n');
  if (before === 'broken config') site.write(BROKEN);
  if (before === 'good config') site.write(EMPTY);
}

function general(outcome: Outcome, { config, pidFile }: Driven): Outcome {
  const text = (raw: string): string =>
    raw
      .replaceAll(config, 'CF')
      .replaceAll(pidFile, 'PIDFILE')
      .replace(/pid: \d+/, 'pid: PID');
  return {
    code: outcome.code,
    stdout: text(outcome.stdout),
    stderr: text(outcome.stderr),
  };
}

function only(outcome: Outcome, picks: readonly Pick[]): Partial<Outcome> {
  return Object.fromEntries(picks.map((pick) => [pick, outcome[pick]]));
}

const words = (args: string, { config }: Driven): string[] =>
  args
    .split(' ')
    .filter(Boolean)
    .map((word) => (word === 'CF' ? config : word));

function answers(t: Test, step: Step, outcome: ReturnType<typeof general>): void {
  const { code, stdout = '', stderr = '', compare = ALL } = step;
  t.same(only(outcome, compare), only({ code, stdout, stderr }, compare), step.args);
}

t.test('every action answers as the table of exit codes says', async (t) => {
  const site = new Site(t, EMPTY);
  for (const step of STEPS) {
    prepare(site, step);
    const outcome = general(await site.call(...words(step.args, site)), site);
    answers(t, step, outcome);
  }
});

t.test(
  'ldirectord itself answers just so',
  lab('ldirectord', 'perl', 'root'),
  async (t) => {
    const real = new RealLdirectord(t, EMPTY);
    for (const step of STEPS) {
      prepare(real, step);
      const outcome = general(await real.run(...words(step.args, real)), real);
      answers(t, step, outcome);
      if (step.leaves) await real.settled(step.leaves === 'running');
    }
  },
);

t.test('usage is on stdout, with every action', async (t) => {
  const site = new Site(t, EMPTY);
  const { stdout } = await site.call();
  t.match(stdout, /^Usage:/);
  for (const action of ['start', 'stop', 'force-reload', 'configtest', 'show'])
    t.match(stdout, action);
});

t.test('help says what there is, and exits with 0', async (t) => {
  const site = new Site(t, EMPTY);
  for (const option of ['-h', '-?', '--help']) {
    const { code, stdout, stderr } = await site.call(option);
    t.same([code, stderr], [0, '']);
    t.match(stdout, /--runtime-dir DIR/);
    t.match(stdout, /configtest +check the config/);
    t.notMatch(stdout, /undefined/);
  }
});
