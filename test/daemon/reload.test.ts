import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ask, CALLS, readStatus } from '../../lib/control/index.ts';
import type { StatusDocument } from '../../lib/model/status.ts';
import { freePort, Site, until, webServer } from '../support/site.ts';

const EMPTY = 'checkinterval=1\nquiescent=yes\nlogfile="LOG"\n';
const BROKEN = 'chekinterval=1\n';

function service(virtual: number, real: number): string {
  return `virtual=127.0.0.1:${virtual}
    real=127.0.0.1:${real} masq
    service=http
    checktype=connect
`;
}

const PATIENCE = { timeoutMs: 20_000 };
const socketOf = (site: Site) => join(site.runtimeDir, 'l4director.a.cf.sock');

function status(site: Site): Promise<StatusDocument> {
  return readStatus(socketOf(site), PATIENCE);
}

async function reloaded(site: Site): Promise<void> {
  const times = (): number => site.logText.split('config on signal').length;
  const before = times();
  process.kill(site.pid ?? 0, 'SIGHUP');
  await until(() => times() > before, 'the reload');
}

t.test(
  'HUP puts the new file in force; a service that stays is not disturbed',
  async (t) => {
    const real = await webServer(t);
    const [first, second] = [await freePort(), await freePort()];
    const site = new Site(t, EMPTY + service(first, real));
    await site.run('start');
    await fetch(`http://127.0.0.1:${first}/`);
    site.write(`${EMPTY}${service(first, real)}\n${service(second, real)}`);
    t.same(await site.run('reload'), { code: 0, stdout: '', stderr: '' });
    await site.logged(new RegExp(`Added virtual server: 127.0.0.1:${second}`));
    const { services, configError } = await status(site);
    t.equal(configError, null);
    t.same(
      services.map(({ id }) => id),
      [`tcp:127.0.0.1:${first}`, `tcp:127.0.0.1:${second}`],
    );
    t.equal(services[0]?.acceptedConnections, 1, 'its counters go on');
  },
);

t.test('a bad file leaves all in force, and log and status say so', async (t) => {
  const virtual = await freePort();
  const good = EMPTY + service(virtual, await webServer(t));
  const site = new Site(t, good);
  await site.run('start');
  site.write(good + BROKEN);
  const { code, stderr } = await site.run('reload');
  t.equal(code, 2);
  t.match(stderr, /a\.cf:8: .*chekinterval/);
  await site.logged(/Error \[\d+\] reading file \S+a\.cf at line 8: .*chekinterval/);
  t.match((await status(site)).configError, /a\.cf:8: .*chekinterval/);
  t.equal((await fetch(`http://127.0.0.1:${virtual}/`)).status, 200);

  const asked = await site.run('status');
  t.equal(asked.code, 0, 'it is healthy');
  t.match(asked.stderr, /is running with pid: \d+\n.*a\.cf:8: /);

  t.equal((await site.run('restart')).code, 2);
  t.equal((await site.run('status')).code, 0, 'restart left it alone');

  site.write(good);
  await reloaded(site);
  await until(async () => (await status(site)).configError === null, 'a clean status');

  site.write(BROKEN);
  t.same(await site.run('stop'), { code: 0, stdout: '', stderr: '' });
  t.equal(site.pid, undefined);
});

t.test('a new logfile holds from the reload on', async (t) => {
  const site = new Site(t, EMPTY);
  await site.run('start');
  const other = join(site.folder, 'other');
  site.write(`checkinterval=1\nlogfile="${other}"\n`);
  await ask(socketOf(site), { ...CALLS.reload(), ...PATIENCE }); // until it is in force
  await site.run('stop');
  t.match(readFileSync(other, 'utf8'), /terminated on signal: TERM/);
  t.notMatch(site.logText, /terminated/);
});

t.test('a limit that only a start puts in force is named by a reload', async (t) => {
  const site = new Site(t, EMPTY);
  const ini = `${site.config}.ini`;
  writeFileSync(ini, '[limits]\nconnections = 50\n');
  await site.run('start');
  await reloaded(site);
  writeFileSync(ini, '[limits]\nconnections = 60\n');
  await site.run('reload');
  await site.logged(/connections has changed: it holds from the next start on/);
  t.equal(site.logText.split('has changed').length, 2, 'told once, when it changed');
  writeFileSync(ini, '[limits]\nconnections = 60\n[net]\nworkers = 1\n');
  await site.run('reload');
  await site.logged(/\[net\] workers has changed: it holds from the next start on/);
  t.equal(site.logText.split('has changed').length, 3);
});

t.test(
  'autoreload=yes reads a changed file again and calls the callback',
  async (t) => {
    const site = new Site(t, '');
    const called = join(site.folder, 'called');
    const callback = join(site.folder, 'callback');
    writeFileSync(callback, `#!/bin/sh\necho "$@" >> ${called}\n`, { mode: 0o755 });
    const base = `${EMPTY}autoreload=yes\ncallback="${callback}"\n`;
    site.write(base);
    await site.run('start');
    const virtual = await freePort();
    site.write(base + service(virtual, await webServer(t)));
    await site.logged(
      /Configuration file '\S+a\.cf' has changed on disk\n.* - reread new/,
    );
    await site.logged(new RegExp(`Added virtual server: 127.0.0.1:${virtual}`));
    await until(() => read(called) === `${site.config}\n`, 'the callback');
  },
);

t.test(
  'autoreload=no says that it changed, and calls the callback all the same',
  async (t) => {
    const site = new Site(t, '');
    const called = join(site.folder, 'called');
    const callback = join(site.folder, 'callback');
    writeFileSync(callback, `#!/bin/sh\necho "$1" >> ${called}\n`, { mode: 0o755 });
    const base = `${EMPTY}callback="${callback}"\n`;
    site.write(base);
    await site.run('start');
    site.write(`${base}# a comment\n`);
    await site.logged(/has changed on disk\n.* - ignore new configuration\n/);
    await until(() => read(called) === `${site.config}\n`, 'the callback');
  },
);

t.test(
  'a file that vanished is told once, and read again when it is back',
  async (t) => {
    const site = new Site(t, `${EMPTY}autoreload=yes\n`);
    await site.run('start');
    const aside = join(site.folder, 'aside');
    renameSync(site.config, aside);
    await site.logged(
      /Warning \[\d+\] reading file .*can not open file .* for checking/,
    );
    site.write(`${EMPTY}autoreload=yes\nquiescent=yes\n`);
    await site.logged(/ - reread new configuration/);
    t.equal(site.logText.split('for checking').length, 2, 'once');
    t.equal((await site.run('status')).code, 0);
    rmSync(aside);
  },
);

t.test('an instance by execute= starts, reloads and stops with it', async (t) => {
  const site = new Site(t, '');
  const child = join(site.folder, 'child.cf');
  writeFileSync(child, `checkinterval=1\nlogfile="${site.log}"\n`);
  const pidFile = join(site.runtimeDir, 'ldirectord.child.cf.pid');
  site.write(`${EMPTY}execute=${child}\n`);
  await site.run('start');
  await until(() => read(pidFile) !== '', "the child's pid file");
  const { stderr } = await site.run('status');
  t.match(
    stderr,
    `ldirectord for ${child} is running with pid: ${read(pidFile).trim()}`,
  );
  await reloaded(site);
  await site.logged(
    /\|child\.cf\|\d+\] Reloading Linux Director Daemon config on signal/,
  );
  site.write(EMPTY);
  await reloaded(site);
  await until(() => read(pidFile) === '', 'the end of what is no longer named');
  site.write(`${EMPTY}execute=${child}\n`);
  await reloaded(site);
  await until(() => read(pidFile) !== '', 'its return');
  await site.run('stop');
  t.equal(read(pidFile), '', 'it stops with its parent');
});

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
