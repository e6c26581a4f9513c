import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { spread } from '../../bench/samples.ts';
import { runAction } from '../support/l4director.ts';
import { director } from '../support/live-director.ts';
import { collect, Site, until } from '../support/site.ts';

const OFTEN = 9;
/** A machine that is busy may take longer than the second that it has. */
const PATIENTLY = ['ready', '--timeout', '20s'] as const;

/** Milliseconds, rounded. */
async function median(work: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < OFTEN; n++) {
    const began = performance.now();
    await work();
    took.push(performance.now() - began);
  }
  return Math.round(spread(took).median);
}

t.test('ready says whether clients would be served, role what it is', async (t) => {
  const { site, act, one, two } = await director(t);
  t.same(await act(...PATIENTLY), {
    code: 0,
    stdout: 'ready: 1 of 1 virtual services can serve\n',
    stderr: '',
  });
  for (const real of [one, two]) await act('disable', real);
  t.match(await act(...PATIENTLY), {
    code: 1,
    stdout: /^not ready: 0 of 1 virtual services can serve: tcp:\S+ is down\n$/,
  });
  t.same(await act(...PATIENTLY, 'director'), {
    code: 0,
    stdout: 'ready: the director is at work\n',
    stderr: '',
  });
  t.match(await act('ready', 'directors'), { code: 255, stderr: /ready director/ });

  const program = join(site.folder, 'on-role');
  writeFileSync(program, `#!/bin/sh\necho $1 >>${site.folder}/roles\n`, {
    mode: 0o755,
  });
  site.writeIni(`[daemon]\nrole-command = ${program}\n`);
  t.match(await act('reload'), { code: 0 });
  const isRead = async () => / reload: in force/.test((await act('events')).stdout);
  await until(isRead, 'the reload, which the action only asks for');
  t.same(await act('role'), { code: 0, stdout: 'active\n', stderr: '' });
  t.match(await act('role', 'standby'), { code: 0, stdout: 'standby (was active)\n' });
  t.match(await act('role'), { code: 0, stdout: /^standby, told by .* at 2/ });
  t.match(await act('role', '--json'), { stdout: /"role": ?"standby"/ });
  t.match(await act('role', 'master'), { code: 255, stderr: /active or standby/ });
  t.match((await act('show', '--json')).stdout, /"role": ?"standby"/);
  await site.logged(/Role: active -> standby, by /);

  t.match(await act('role', 'active'), { stdout: 'active (was standby)\n' });
  t.match(await act('restart'), { code: 0 });
  t.match(await act('role'), { stdout: /^active, told by/ }, 'a restart keeps it');
  t.equal(readFileSync(join(site.folder, 'roles'), 'utf8'), 'standby\nactive\n');
  rmSync(program);
  t.match(await act('role', 'standby'), {
    code: 1,
    stdout: 'standby (was active)\n',
    stderr: /role-command .*ENOENT/,
  });
});

t.test('what it takes, told and not judged', async (t) => {
  const { act } = await director(t);
  const ready = await median(() => act('ready'));
  const node = await median(() => collect(spawn(process.execPath, ['-e', '0'])));
  t.comment(
    `ready took ${ready} ms, of which Node itself ${node} (medians of ${OFTEN})`,
  );
});

t.test('without a director nothing is ready, and nobody takes a role', async (t) => {
  const folder = t.testdir();
  t.match(await runAction(folder, 'ready'), {
    code: 1,
    stdout: /^not ready: no director is running/,
  });
  t.match(await runAction(folder, 'role'), {
    code: 1,
    stderr: /no director is running/,
  });
});

t.test('a director that is stopped in its tracks is not ready in time', async (t) => {
  const site = new Site(t, 'logfile="LOG"\n');
  t.match(await site.run('start'), { code: 0 });
  const act = (...words: string[]) => site.call(site.config, ...words);
  t.match(await act(...PATIENTLY), { code: 0, stdout: /no virtual service/ });
  process.kill(site.pid ?? 0, 'SIGSTOP');
  t.teardown(() => site.pid && process.kill(site.pid, 'SIGCONT'));
  const began = performance.now();
  t.match(await act('ready', '--timeout', '500ms'), {
    code: 1,
    stdout: /does not answer on \S+ within 0.5 s/,
  });
  t.ok(performance.now() - began < 10_000);
  process.kill(site.pid ?? 0, 'SIGCONT');
  await until(async () => (await act('ready')).code === 0, 'it goes on');
});
