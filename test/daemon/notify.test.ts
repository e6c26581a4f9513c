import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createNotifier } from '../../lib/daemon/notify.ts';
import { lab } from '../support/lab.ts';
import { recordingLog } from '../support/recording-log.ts';
import { collect, Site, until } from '../support/site.ts';

const EMPTY = 'checkinterval=1\nquiescent=yes\nlogfile="LOG"\n';

/** Writes each message as lines. What comes with one, a descriptor that the sender waits for, is dropped. */
const EAR = `use IO::Socket::UNIX; use Socket; $| = 1;
  my $ear = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die;
  open(my $out, '>', $ARGV[1]) or die; $out->autoflush(1);
  while (defined $ear->recv(my $words, 4096)) { $words =~ s/\\n*$/\\n/; print $out $words }`;

/** Hears what systemd would. */
async function manager(t: Test, site: Site) {
  const socket = join(site.folder, 'notify');
  const heard = join(site.folder, 'heard');
  const ear = spawn('perl', ['-e', EAR, socket, heard]);
  t.teardown(async () => {
    ear.kill();
    if (ear.exitCode === null) await once(ear, 'exit');
  });
  await until(() => existsSync(socket), 'the manager');
  site.env.NOTIFY_SOCKET = socket;
  const text = () => (existsSync(heard) ? readFileSync(heard, 'utf8') : '');
  return {
    text,
    hears: (pattern: RegExp) => until(() => pattern.test(text()), `word of ${pattern}`),
  };
}

const NEEDS = lab('perl', 'systemd-notify');

t.test('systemd hears of start, reload, life and end', NEEDS, async (t) => {
  const site = new Site(t, EMPTY);
  const { hears, text } = await manager(t, site);
  site.env.WATCHDOG_USEC = '600000';
  const child = site.spawn('--foreground', site.config, 'start');
  const outcome = collect(child);
  await hears(/READY=1/);
  t.match(text(), `MAINPID=${child.pid}`);
  t.match(text(), 'STATUS=0 virtual services\n');
  t.match(await site.run('status'), { code: 0 });
  await hears(/(WATCHDOG=1.*){3}/s);
  site.write(`${EMPTY}virtual=nowhere\n`);
  child.kill('SIGHUP');
  await hears(/RELOADING=1.*READY=1/s);
  t.match(text(), /MONOTONIC_USEC=\d+\n/);
  await hears(
    /STATUS=0 virtual services; the last reload was refused, see configtest\n/,
  );
  child.kill('SIGTERM');
  t.equal((await outcome).code, 0);
  t.match(text(), 'STOPPING=1');
});

t.test('a director that hangs gives no sign of life', NEEDS, async (t) => {
  const site = new Site(t, EMPTY);
  const { hears, text } = await manager(t, site);
  site.env.WATCHDOG_USEC = '400000';
  const child = site.spawn('--foreground', site.config, 'start');
  const outcome = collect(child);
  const signs = () => text().match(/WATCHDOG=1/g)?.length ?? 0;
  await hears(/WATCHDOG=1/);
  child.kill('SIGSTOP');
  await delay(3000); // what was on its way arrives
  const before = signs();
  await delay(1000);
  t.equal(signs(), before);
  child.kill('SIGCONT');
  await until(() => signs() > before, 'a sign of life');
  child.kill('SIGTERM');
  t.equal((await outcome).code, 0);
});

t.test('nor does one that only a restart mends', async (t) => {
  const heard = join(t.testdirName, 'heard');
  const script = `#!/bin/sh\necho "$@" >>${heard}\n`;
  const tell = join(t.testdir({ heard: '', tell: script }), 'tell');
  chmodSync(tell, 0o755);
  Object.assign(process.env, { NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '100000' });
  const notifier = createNotifier(recordingLog(), tell);
  t.teardown(() => notifier.close());
  let isHopeless = true;
  notifier.beatUnless(() => isHopeless);
  await delay(300);
  t.equal(readFileSync(heard, 'utf8'), '');
  isHopeless = false;
  await until(() => /WATCHDOG=1/.test(readFileSync(heard, 'utf8')), 'a sign of life');
});

t.test('what a check starts does not inherit the socket', NEEDS, async (t) => {
  const site = new Site(t, EMPTY);
  const { hears } = await manager(t, site);
  const child = site.spawn('--foreground', site.config, 'start');
  const outcome = collect(child);
  await hears(/READY=1/);
  site.write(`${EMPTY}callback="${join(site.folder, 'callback')}"\n`);
  const callback = `#!/bin/sh\nenv >${join(site.folder, 'environment')}\n`;
  site.place('callback', callback);
  child.kill('SIGHUP');
  await hears(/RELOADING=1.*READY=1/s);
  site.write(`${EMPTY}callback="${join(site.folder, 'callback')}"\n# changed\n`);
  const file = join(site.folder, 'environment');
  await until(() => existsSync(file) && readFileSync(file).length > 0, 'the callback');
  t.notMatch(readFileSync(file, 'utf8'), /NOTIFY_SOCKET/);
  child.kill('SIGTERM');
  await outcome;
});

t.test(
  'without systemd-notify it works, and the log says what is missing',
  async (t) => {
    const site = new Site(t, EMPTY);
    site.env.NOTIFY_SOCKET = join(site.folder, 'nobody');
    site.env.PATH = '/nonexistent';
    const outcome = collect(site.spawn('--foreground', site.config, 'start'));
    await site.logged(
      /systemd cannot be told "--ready .*": spawn systemd-notify ENOENT/,
    );
    t.equal((await site.run('stop')).code, 0);
    t.equal((await outcome).code, 0);
  },
);
