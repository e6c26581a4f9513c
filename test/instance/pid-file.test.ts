import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { instanceIn } from '../../lib/instance/instance.ts';
import { presence } from '../../lib/instance/pid-file.ts';
import { refusals } from '../../lib/instance/succession.ts';

t.test('a pid file is not looked for behind a link', async (t) => {
  const folder = t.testdir({ mine: {}, other: {} });
  // Looks like a director.
  const program = spawn('sh', ['-c', 'echo; read x', 'ldirectord', 'a.cf']);
  t.teardown(() => program.kill());
  await once(program.stdout, 'data');
  const other = instanceIn(join(folder, 'other'), 'a.cf');
  const mine = instanceIn(join(folder, 'mine'), 'a.cf');
  writeFileSync(other.pidFile, `${program.pid}\n`);
  t.match(presence(other), { state: 'running', process: { pid: program.pid } });
  for (const lead of [symlinkSync, linkSync]) {
    lead(other.pidFile, mine.pidFile);
    t.same(presence(mine), { state: 'stopped' }, lead.name);
    rmSync(mine.pidFile);
  }
});

t.test('what is left in the place of a file is not waited for', async (t) => {
  const instance = instanceIn(t.testdir(), 'a.cf');
  const refused = refusals(instance);
  const paths = [instance.pidFile, `${instance.lock}.refused`];
  const kinds: Readonly<Record<string, (path: string) => void>> = {
    'a pipe': (path) => spawnSync('mkfifo', [path]),
    'a device without end': (path) => symlinkSync('/dev/zero', path),
    'a folder': (path) => mkdirSync(path),
    'a huge file': (path) => writeFileSync(path, Buffer.alloc(1 << 20, 0x20)),
  };
  for (const [what, make] of Object.entries(kinds)) {
    for (const path of paths) make(path);
    t.not(presence(instance).state, 'running', what);
    t.equal(refused.read(), undefined, what);
    for (const path of paths) rmSync(path, { recursive: true });
  }
});

t.test('reasons come from no other file', async (t) => {
  const folder = t.testdir({ secret: 'root:x\n' });
  const instance = instanceIn(folder, 'a.cf');
  symlinkSync(join(folder, 'secret'), `${instance.lock}.refused`);
  t.equal(refusals(instance).read(), undefined);
  refusals(instance).forget();
  refusals(instance).write(['no room', 'no time']);
  t.same(refusals(instance).read(), ['no room', 'no time']);
});
