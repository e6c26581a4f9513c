import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { collect, commandLine, freePort, until } from '../../support/site.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/l4heartbeat.js', import.meta.url));

/** A node by itself, with scripts and a child.
 *  @param scripts  what is done, by action, for each name */
async function node(t: Test, scripts: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'l4-')); // with a socket: a short name
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const port = await freePort();
  mkdirSync(path('resource.d'));
  const program = (file: string, text: string) => {
    writeFileSync(path(file), `#!/bin/sh\n${text}\n`);
    chmodSync(path(file), 0o755);
  };
  for (const [name, text] of Object.entries(scripts))
    program(join('resource.d', name), `cd ${folder}; case $1 in ${text} esac`);
  program('kid', `sleep 1000 & echo $! >> ${path('kids')}; wait`);
  const { username } = userInfo();
  const ha = [
    `udpport ${port}\nbcast lo\nkeepalive 100ms\ndeadtime 400ms\ninitdead 400ms`,
    `auto_failback on\nnode lb1 lb2\nlogfile ${path('ha-log')}\nlogfacility none`,
    `respawn ${username} ${path('kid')}\n`,
  ];
  writeFileSync(path('ha.cf'), ha.join('\n'));
  writeFileSync(path('authkeys'), 'auth 1\n1 sha1 SECRET\n');
  chmodSync(path('authkeys'), 0o600);
  writeFileSync(path('haresources'), `lb1 ${Object.keys(scripts).join(' ')}\n`);
  const play = (...words: string[]) => {
    const places = ['--ha-dir', '--state-dir', '--run-dir'].flatMap((o) => [o, folder]);
    const args = [PROGRAM, '--name', 'lb1', ...places, ...words];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    t.teardown(() => child.kill('SIGKILL'));
    return child;
  };
  const text = (name: string) =>
    existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '';
  return { folder, play, text };
}

t.test('scripts of a node are told what Heartbeat tells them', async (t) => {
  const { folder, play, text } = await node(t, {
    a: 'start) env > started;; stop) env > stopped;;',
  });
  const daemon = play();
  await until(() => text('started') !== '', 'the script to start');
  const stopped = collect(play('stop'));
  await once(daemon, 'exit');
  t.equal((await stopped).code, 0);
  t.equal((await collect(play('release'))).code, 0);
  for (const file of ['started', 'stopped'])
    t.match(
      text(file)
        .split('\n')
        .filter((line) => line.startsWith('HA_'))
        .sort(),
      [
        'HA_CURHOST=lb1',
        `HA_DIR=${folder}`,
        'HA_LOGFACILITY=none',
        `HA_LOGFILE=${folder}/ha-log`,
        'HA_LOGTAG=ResourceManager',
        `HA_RCDIR=${folder}/rc.d`,
      ],
      file,
    );
});

t.test('a node that is killed leaves neither its children nor a start', async (t) => {
  const { play, text } = await node(t, {
    quick: 'start) setsid sleep 1001 & echo $! > daemon;; stop) touch stopped;;',
    slow: 'start) echo $$ > slow; sleep 1002; echo on > slow.on;;',
  });
  t.teardown(() => {
    const pid = Number(text('daemon'));
    if (pid > 0) process.kill(pid);
  });
  const daemon = play();
  const kidIs = () => commandLine(text('kids').trim()).join(' ');
  await until(
    () => text('slow') !== '' && kidIs() === 'sleep 1000',
    'all to have begun',
  );
  const killed = once(daemon, 'exit');
  daemon.kill('SIGKILL');
  await killed;
  const [slow, kid] = [text('slow').trim(), text('kids').trim()];
  t.same(commandLine(kid), ['sleep', '1000'], 'nothing ends by itself');
  t.match(commandLine(slow).at(-1), 'start');
  const { code, stderr } = await collect(play('release'));
  t.equal(code, 0);
  t.match(stderr, /kid ran still, left by an earlier run: it is ended/);
  t.match(stderr, /slow start ran still, left by an earlier run/);
  t.same([...commandLine(kid), ...commandLine(slow)], []);
  t.same(
    commandLine(text('daemon').trim()),
    ['sleep', '1001'],
    'but not that of a script',
  );
  t.equal(text('slow.on'), '');
});
