import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { findInstance, instanceIn } from '../../lib/instance/instance.ts';
import { presence, removePidFile, writePidFile } from '../../lib/instance/pid-file.ts';
import { ended, identify, isDirector } from '../../lib/instance/process.ts';
import { lab } from '../support/lab.ts';

/** A process with that command line, behind the shell's own name. */
async function process(t: Test, ...args: string[]): Promise<ChildProcess> {
  const child = spawn('sh', ['-c', 'echo; read line', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

/** A command line, an instance, and whether the one is a director of the other. */
const CASES: readonly (readonly [string, string, boolean])[] = [
  ['/usr/sbin/ldirectord /etc/ha.d/a.cf start', 'a.cf', true],
  ['/usr/sbin/ldirectord a.cf start', 'b.cf', false],
  ['/usr/sbin/ldirectord start', 'ldirectord', true],
  ['/opt/dist/bin/l4director.js a.cf start', 'a.cf', true],
  ['vim /etc/ha.d/ldirectord.cf', 'ldirectord.cf', false],
  ['tail -f /var/log/ldirectord.log', 'ldirectord', false],
];

for (const [line, instance, expected] of CASES)
  t.test(
    `"${line}" is ${expected ? '' : 'not '}a director of ${instance}`,
    async (t) => {
      const child = await process(t, ...line.split(' '));
      t.equal(isDirector(child.pid ?? 0, instance), expected);
    },
  );

t.test('a process is followed to its end, its zombie does not count', async (t) => {
  const child = await process(t);
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new Error('it runs');
  t.notOk(await ended(identity, 50));
  child.kill('SIGKILL');
  t.ok(await ended(identity, 30_000));
});

/** With no descriptor left. */
const DESTITUTE = `
  const { closeSync, openSync } = await import('node:fs');
  const its = await import(process.argv[1]);
  const own = its.identify(process.pid);
  const taken = [];
  try {
    for (;;) taken.push(openSync('/dev/null'));
  } catch {}
  const tried = ['identify', 'isDirector', 'ownerOf'].map((name) => {
    try {
      return its[name](own.pid, 'a.cf');
    } catch ({ code }) {
      return code;
    }
  });
  const found = [its.isAlive(own), its.isFree(own.pid), its.isSurelyDirector(own.pid, 'a.cf')];
  for (const one of taken) closeSync(one);
  console.log(JSON.stringify([tried, found]));
`;

t.test('no descriptor left is no end of another process', async (t) => {
  const library = new URL('../../lib/instance/process.js', import.meta.url).href;
  const child = spawn(
    'sh',
    [
      ...['-c', 'ulimit -n 64; exec "$@"', 'sh', globalThis.process.execPath],
      ...['--input-type=module', '-e', DESTITUTE, library],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [said] = await once(child.stdout, 'data');
  t.same(JSON.parse(String(said)), [
    ['EMFILE', 'EMFILE', 'EMFILE'],
    [true, false, false],
  ]);
});

t.test('the pid file is removed by its owner only', (t) => {
  const instance = instanceIn(t.testdir(), 'a.cf');
  t.same(presence(instance), { state: 'stopped' });
  writePidFile(instance, 4194305);
  removePidFile(instance, 4194306);
  t.same(presence(instance), { state: 'stale' });
  removePidFile(instance, 4194305);
  t.same(presence(instance), { state: 'stopped' });
  t.end();
});

t.test(
  'a pid file of another user names no process of root',
  lab('root'),
  async (t) => {
    const instance = instanceIn(t.testdir(), 'a.cf');
    const child = await process(t, '/usr/sbin/ldirectord', 'a.cf', 'start');
    writePidFile(instance, child.pid ?? 0);
    t.match(presence(instance), { state: 'running' });
    chownSync(instance.pidFile, 65_534, 65_534);
    t.same(presence(instance), { state: 'stale' });
  },
);

t.test('a pid file that leads into its own folder leads there', async (t) => {
  const folder = t.testdir();
  const usual = instanceIn(folder, 'a.cf');
  const own = join(folder, 'l4director.a.cf.run');
  symlinkSync('l4director.a.cf.run/ldirectord.a.cf.pid', usual.pidFile);
  t.same(findInstance('a.cf', folder), instanceIn(own, 'a.cf'));
  rmSync(usual.pidFile);
  symlinkSync('/elsewhere/ldirectord.a.cf.pid', usual.pidFile);
  t.same(findInstance('a.cf', folder), usual);
});

t.test('an instance is where it was told to be', (t) => {
  const folder = t.testdir();
  t.same(findInstance('a.cf', folder), {
    name: 'a.cf',
    pidFile: join(folder, 'ldirectord.a.cf.pid'),
    socket: join(folder, 'l4director.a.cf.sock'),
    lock: join(folder, 'l4director.a.cf.lock'),
    state: join(folder, 'l4director.a.cf.state.json'),
    clients: join(folder, 'l4director.a.cf.clients.json'),
    numbers: join(folder, 'l4director.a.cf.numbers.json'),
    role: join(folder, 'l4director.a.cf.role.json'),
    names: join(folder, 'l4director.a.cf.names.json'),
    wishes: join(folder, 'l4director.a.cf.wishes.json'),
  });
  t.end();
});
