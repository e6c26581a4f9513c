import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  createIpvsadm,
  type Ipvsadm,
  Refused,
  Unusable,
} from '../../../lib/engines/ipvs/ipvsadm.ts';
import { lab } from '../../support/lab.ts';
import { until } from '../../support/site.ts';

const NEVER = new AbortController().signal;

const TITLE = 'IP Virtual Server version 1.2.1 (size=4096)\n';

/** A program of that text in the place of ipvsadm. */
function standIn(t: Test, text: string, callMs = 20_000): Ipvsadm {
  const program = join(t.testdir(), 'ipvsadm');
  writeFileSync(program, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return createIpvsadm({ program, callMs });
}

/** What a call throws; undefined when it does not. */
async function thrown(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return error;
  }
}

t.jobs = 2;

t.test('arguments arrive as they are, without a shell', async (t) => {
  const folder = t.testdir();
  const { run } = standIn(t, `printf "<%s>" "$@" > ${folder}/got`);
  await run(['-A', '$(id)', 'a b'], NEVER);
  t.equal(readFileSync(`${folder}/got`, 'utf8'), '<-A><$(id)><a b>');
});

t.test('a list is asked for by numbers, and given as it is', async (t) => {
  const text = `${TITLE}a line of "$*"\n`;
  const { list } = standIn(t, `cat <<END\n${TITLE}a line of "$*"\nEND`);
  t.equal(await list(['--exact'], NEVER), text.replace('$*', '-L -n --exact'));
});

t.test('a batch is a call a line', async (t) => {
  const folder = t.testdir();
  const { restore } = standIn(t, `echo "$@" > ${folder}/got; cat >> ${folder}/got`);
  await restore([['-A', '-t'], ['-D']], NEVER);
  t.equal(readFileSync(`${folder}/got`, 'utf8'), '--restore\n-A -t\n-D\n');
});

t.test('a batch in which one call was refused does not count as done', async (t) => {
  const silent = standIn(t, 'cat >/dev/null; echo "No such service" >&2; exit 0');
  t.type(await thrown(silent.restore([['-D']], NEVER)), Refused);
});

const UNUSABLE: readonly (readonly [string, string, RegExp])[] = [
  [
    'a kernel without IPVS',
    `echo "Can't initialize ipvs: Protocol not available" >&2; echo "Are you sure?" >&2; exit 2`,
    /modprobe ip_vs/,
  ],
  [
    'no permission at its start',
    `echo "Can't initialize ipvs: Permission denied (you must be root)" >&2; exit 2`,
    /as root/,
  ],
  [
    'no permission for a call',
    'echo "Permission denied (you must be root)" >&2; exit 255',
    /as root/,
  ],
  ['one that hangs', 'exec sleep 60', /did not answer within 1 s/],
  ['one whose child hangs', 'sleep 60; true', /did not answer within 1 s/],
  ['one that has ended, but not its child', 'sleep 60 & exit 0', /did not answer/],
  ['one that is deaf to TERM', "trap '' TERM; sleep 60; true", /did not answer/],
  ['one that is killed', 'kill -TERM $$', /ended by SIGTERM/],
];

/** What it prints for a list, and what is said of that. */
const UNREADABLE: readonly (readonly [string, string, RegExp])[] = [
  ['nothing', 'true', /but "nothing": is it the one/],
  ['garbage', 'head -c 100000 /dev/zero | tr "\\0" "x"', /but "x{80}":/],
  ['control characters', 'printf "\\033[2J\\a\\n"', /but "\[2J":/],
  ['a list that is cut off', `printf '${TITLE.trim()}'`, /no list of virtual servers/],
  ['a refusal', 'echo "no" >&2; exit 1', /cannot list the table: no/],
];

t.test('what is no list is not taken for an empty table', async (t) => {
  for (const [name, text, pattern] of UNREADABLE) {
    const error = await thrown(standIn(t, text).list([], NEVER));
    t.type(error, Unusable, name);
    t.match((error as Error).message, pattern, name);
  }
});

t.test('a flood of output is cut off, one of complaints is cut short', async (t) => {
  const program = join(t.testdir(), 'ipvsadm');
  const { run } = createIpvsadm({ program });
  writeFileSync(program, '#!/bin/sh\nexec yes\n', { mode: 0o755 });
  await t.rejects(run(['-L'], NEVER), /printed more than any table has/);
  const complaint = 'head -c 10000000 /dev/zero | tr "\\0" "x" >&2; exit 1';
  writeFileSync(program, `#!/bin/sh\n${complaint}\n`, { mode: 0o755 });
  await t.rejects(run(['-L'], NEVER), { message: 'x'.repeat(300) });
});

t.test('nothing that it started is left behind', async (t) => {
  const folder = t.testdir();
  const text = `sleep 60 & echo $! > ${folder}/pid; wait`;
  await thrown(standIn(t, text, 5000).run(['-L'], NEVER));
  const pid = Number(readFileSync(`${folder}/pid`, 'utf8'));
  await until(() => !existsSync(`/proc/${pid}`) || isZombie(pid), 'its end');
});

function isZombie(pid: number): boolean {
  return /^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

t.test('what ends every attempt says how to mend it', async (t) => {
  for (const [name, text, pattern] of UNUSABLE) {
    const callMs = pattern.source.includes('did not answer') ? 1000 : undefined;
    const error = await thrown(standIn(t, text, callMs).run(['-A'], NEVER));
    t.type(error, Unusable, name);
    t.match((error as Error).message, pattern, name);
  }
});

t.test('a program that is not there, or may not be run, says so', async (t) => {
  const folder = t.testdir({ plain: 'no program' });
  const there = createIpvsadm({ program: join(folder, 'none') });
  await t.rejects(there.run(['-L'], NEVER), /apt-get install ipvsadm/);
  const plain = createIpvsadm({ program: join(folder, 'plain') });
  t.type(await thrown(plain.run(['-L'], NEVER)), Unusable);
});

t.test('a refused call says what ipvsadm said, on one line', async (t) => {
  const { run } = standIn(t, 'printf "No such\\n\\033service\\n" >&2; exit 255');
  await t.rejects(run(['-D'], NEVER), { message: 'No such service' });
  t.type(await thrown(run(['-D'], NEVER)), Refused);
  const mute = standIn(t, 'exit 3');
  await t.rejects(mute.run(['-D'], NEVER), { message: 'exit status 3' });
});

t.test('an abort ends the child', async (t) => {
  const { run } = standIn(t, 'exec sleep 60');
  const abort = new AbortController();
  const running = run(['-L'], abort.signal);
  abort.abort(new Error('over'));
  await t.rejects(running, { message: 'over' });
  await t.rejects(run(['-L'], abort.signal), { message: 'over' });
});

t.test('the real program without IPVS is understood', lab('ipvsadm'), async (t) => {
  const error = await thrown(createIpvsadm().list([], NEVER));
  // Where the kernel has it, it lists a table.
  if (error !== undefined) t.type(error, Unusable);
});
