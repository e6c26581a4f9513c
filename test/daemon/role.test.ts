import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Config } from '../../lib/config/config.ts';
import { createRole } from '../../lib/daemon/role.ts';
import { aConfig } from '../support/config.ts';
import { recordingLog } from '../support/recording-log.ts';
import { until } from '../support/site.ts';

/** A role with a command that writes down what it was told, sleeps or fails as a file says. */
async function aRole(t: Test, { commandMs = 10_000 } = {}) {
  const folder = t.testdir({ how: '', told: '' });
  const program = join(folder, 'command');
  writeFileSync(program, `#!/bin/sh\necho "$@" >>${folder}/told\n. ${folder}/how\n`, {
    mode: 0o755,
  });
  const bare = aConfig([]);
  const config: Config = {
    ...bare,
    options: { ...bare.options, roleCommand: program },
  };
  const log = recordingLog();
  const open = () =>
    createRole(config, { role: join(folder, 'state/role.json') }, log, commandMs);
  const role = await open();
  return {
    ...{ folder, role, open, log, bare },
    how: (text: string) => writeFileSync(join(folder, 'how'), text),
    told: () => readFileSync(join(folder, 'told'), 'utf8').split('\n').filter(Boolean),
  };
}

t.test('a role is taken once, and outlives the director', async (t) => {
  const { role, open, told } = await aRole(t);
  t.same(role.current, { role: 'active', by: null, since: null });
  t.match(await role.take('standby', 'root'), { before: 'active', problem: null });
  t.match(await role.take('standby', 'somebody'), { by: 'root', before: 'standby' });
  t.same(told(), ['standby']);
  const next = await open();
  t.same(next.current, role.current);
  t.match(await next.take('active', 'root'), { role: 'active', before: 'standby' });
  t.same(told(), ['standby', 'active']);
  await role.own();
  t.equal(role.current.role, 'active', 'what another has written meanwhile');
});

t.test('who is told for the first time what it is already runs nothing', async (t) => {
  const { role, open, told } = await aRole(t);
  t.match(await role.take('active', 'root'), { by: 'root', problem: null });
  t.same(told(), []);
  t.match((await open()).current, { role: 'active', by: 'root' });
});

t.test('a command that fails is run again with the same role', async (t) => {
  const { role, told, how, log } = await aRole(t);
  how('exit 3');
  t.match(await role.take('standby', 'root'), {
    role: 'standby',
    problem: /role-command \S+command standby: exit status 3/,
  });
  t.match(log.lines.join('\n'), /exit status 3/);
  how('');
  t.match(await role.take('standby', 'root'), { problem: null });
  t.match(await role.take('standby', 'root'), { problem: null });
  t.same(told(), ['standby', 'standby']);
});

t.test('one that takes too long is ended', async (t) => {
  const { role, how } = await aRole(t, { commandMs: 300 });
  how('sleep 60');
  t.match(await role.take('standby', 'root'), { problem: /not done within 0.3 s/ });
});

t.test('of several that wait the last one counts', async (t) => {
  const { role, how, told } = await aRole(t);
  how('sleep 0.3');
  const first = role.take('standby', 'root');
  await until(() => told().length > 0, 'the first command');
  const rest = ['active', 'standby', 'active'] as const;
  await Promise.all([first, ...rest.map((name) => role.take(name, 'root'))]);
  t.equal(role.current.role, 'active');
  t.same(told(), ['standby', 'active']);
});

t.test('a director that ends ends its command', async (t) => {
  const { role, how } = await aRole(t);
  how('sleep 60');
  const taken = role.take('standby', 'root');
  await role.close();
  t.match(await taken, { role: 'standby', problem: /aborted|SIGTERM/ });
});

t.test('the command is what the config in force says', async (t) => {
  const { role, bare, told } = await aRole(t);
  role.follow(bare);
  t.match(await role.take('standby', 'root'), { problem: null });
  t.same(told(), []);
});

t.test('a file that cannot be written is told of', async (t) => {
  const { folder, role, log } = await aRole(t);
  writeFileSync(join(folder, 'state'), 'a file in the place of the folder');
  t.match(await role.take('standby', 'root'), {
    role: 'standby',
    problem: /the role will not outlive the director/,
  });
  t.match(log.lines.join('\n'), /will not outlive/);
});

t.test('a file that is damaged is set aside', async (t) => {
  const { folder, role, open, log } = await aRole(t);
  await role.take('standby', 'root');
  const path = join(folder, 'state/role.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('standby', 'active '));
  t.equal((await open()).current.role, 'active');
  t.match(log.lines.join('\n'), /Cannot read .*role\.json.*active until it is told/);
});
