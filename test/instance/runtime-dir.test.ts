import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { findInstance, instanceIn, ownInstance } from '../../lib/instance/instance.ts';
import { takeLock } from '../../lib/instance/lock.ts';
import { writePidFile } from '../../lib/instance/pid-file.ts';
import { makePrivate, writingIn } from '../../lib/instance/runtime-dir.ts';
import { lab } from '../support/lab.ts';
import { collect } from '../support/site.ts';

t.test(
  'a runtime directory that is not there, or is none, is told with the mend',
  (t) => {
    const folder = t.testdir({ file: '' });
    const missing = join(folder, 'gone');
    t.throws(() => takeLock(join(missing, 'lock')), {
      message: `runtime directory ${missing}: there is no such directory; create it, or choose another --runtime-dir`,
    });
    t.throws(() => takeLock(join(folder, 'file', 'lock')), {
      message: /file: it is no directory; choose another --runtime-dir$/,
    });
    t.end();
  },
);

t.test('so is one without permission or room', (t) => {
  const failing = (code: string) =>
    writingIn('/run/x', () => {
      throw Object.assign(new Error(`${code}: told by the kernel`), { code });
    });
  t.throws(() => failing('EACCES'), {
    message: /^runtime directory \/run\/x: this user/,
  });
  t.throws(() => failing('ENOSPC'), { message: /no space is left there/ });
  t.throws(() => failing('EIO'), { message: /\/run\/x: EIO: told by the kernel$/ });
  t.end();
});

t.test('a directory of its own in /tmp is nobody else’s', (t) => {
  const folder = t.testdir({ open: {} });
  const mine = join(folder, 'mine');
  makePrivate(mine);
  makePrivate(mine);
  t.equal(statSync(mine).mode & 0o777, 0o700);
  const open = join(folder, 'open');
  chmodSync(open, 0o777);
  const link = join(folder, 'link');
  symlinkSync(mine, link);
  for (const other of [open, link])
    t.throws(() => makePrivate(other), {
      message: `runtime directory ${other}: it is not this user's alone; choose another --runtime-dir`,
    });
  t.end();
});

t.test('no command looks into a directory in /tmp that others made', (t) => {
  const folder = t.testdir({ 'l4director-4242': {} });
  const forged = join(folder, 'l4director-4242');
  t.intercept(process, 'getuid', { value: () => 4242 });
  const env = { ...process.env };
  t.teardown(() => {
    delete process.env.TMPDIR;
    Object.assign(process.env, env);
  });
  process.env.TMPDIR = folder;
  delete process.env.XDG_RUNTIME_DIR;
  writeFileSync(join(forged, 'ldirectord.a.cf.pid'), `${process.pid}\n`);
  const refused = {
    message: `runtime directory ${forged}: it is not this user's alone; choose another --runtime-dir`,
  };
  t.throws(() => findInstance('a.cf', undefined), refused);
  t.throws(() => ownInstance('a.cf', undefined), refused);
  rmSync(forged, { recursive: true });
  t.match(
    findInstance('a.cf', undefined),
    { lock: forged },
    'one that is not there is well',
  );
  t.notOk(existsSync(forged));
  t.end();
});

t.test(
  'a uid without a user has all in its runtime directory',
  lab('root'),
  async (t) => {
    const uid = 3_999_999_999;
    const TMPDIR = mkdtempSync(join(tmpdir(), 'l4director-'));
    t.teardown(() => rmSync(TMPDIR, { recursive: true }));
    chownSync(TMPDIR, uid, uid);
    const module = new URL('../../lib/instance/instance.js', import.meta.url);
    // Loaded as root: nobody else may be able to read the checkout.
    const script = `const { ownInstance } = await import('${module}');
    process.setgid(${uid});
    process.setuid(${uid});
    process.stdout.write(JSON.stringify(ownInstance('a.cf', undefined)));`;
    const node = ['--input-type=module', '--eval', script];
    const child = spawn(process.execPath, node, { env: { TMPDIR } });
    // On its way out tap's own loader may fail to write to the checkout.
    const { stdout, stderr } = await collect(child);
    const folder = join(TMPDIR, `l4director-${uid}`);
    t.equal(stdout, JSON.stringify(instanceIn(folder, 'a.cf', folder)), stderr);
  },
);

t.test('a pid file that cannot be put in place leaves nothing behind', (t) => {
  const folder = t.testdir();
  const instance = instanceIn(folder, 'a.cf');
  mkdirSync(instance.pidFile);
  t.throws(() => writePidFile(instance, 5), { message: /^runtime directory .*EISDIR/ });
  t.same(readdirSync(folder), ['ldirectord.a.cf.pid']);
  t.end();
});
