import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { listeners } from '../support/listeners.ts';
import {
  collect,
  commandLine,
  freePort,
  Site,
  until,
  webServer,
} from '../support/site.ts';

const EMPTY = 'checkinterval=1\nquiescent=yes\nlogfile="LOG"\n';

for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGXCPU'] as const)
  t.test(`${signal} stops it in order`, async (t) => {
    const site = new Site(t, EMPTY);
    const child = site.spawn('--foreground', site.config, 'start');
    const outcome = collect(child);
    await until(() => site.pid !== undefined, 'pid file');
    child.kill(signal);
    t.equal((await outcome).code, 0);
    t.match(site.logText, `terminated on signal: ${signal.slice(3)}\n`);
    t.notOk(site.socketIsThere);
    t.equal(site.pid, undefined);
  });

t.test('USR1, USR2, PIPE and XFSZ leave it running; no debugger opens', async (t) => {
  const port = await freePort();
  // A thread that forwards, and one that matches the answers of checks.
  const site = new Site(
    t,
    `${EMPTY}virtual=127.0.0.1:${port}\n    real=127.0.0.1:${await webServer(t)} masq\n    service=http\n    receive="Test"\n`,
  );
  t.match(await site.run('start'), { code: 0, stderr: '' });
  const pid = site.pid ?? 0;
  for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGPIPE', 'SIGXFSZ'] as const)
    process.kill(pid, signal);
  process.kill(pid, 'SIGHUP');
  await site.logged(/Reloading Linux Director Daemon config on signal/);
  t.equal((await site.run('status')).code, 0);
  t.same(new Set(listeners(pid)), new Set([`127.0.0.1:${port}`]));
});

t.test('nor does a command that waits open one', async (t) => {
  const site = new Site(t, EMPTY);
  await site.run('start');
  const following = site.spawn(site.config, 'events', '-f');
  const heard = collect(following);
  let lines = 0;
  following.stdout?.on('data', () => lines++);
  await until(async () => {
    await site.run('reload');
    return lines > 0;
  }, 'an event');
  const before = lines;
  following.kill('SIGUSR1');
  await site.run('reload');
  await until(() => lines > before, 'another one');
  t.same(listeners(following.pid ?? 0), []);
  following.kill('SIGINT');
  t.notMatch((await heard).stderr, 'Debugger');
  await site.run('stop');
});

t.test('stop waits for the end, and the port is free when it returns', async (t) => {
  const virtual = await freePort();
  const site = new Site(
    t,
    `${EMPTY}virtual=127.0.0.1:${virtual}\n    real=127.0.0.1:${await webServer(t)} masq\n    checktype=connect\n    service=http\n`,
  );
  await site.run('start');
  const pid = site.pid;
  t.same(await site.run('stop'), { code: 0, stdout: '', stderr: '' });
  t.same(commandLine(pid), []);
  const server = createServer().listen(virtual, '127.0.0.1');
  await once(server, 'listening');
  server.close();
});

t.test('a second signal while it stops ends it at once, with 255', async (t) => {
  // What is behind the child's name keeps the shell busy when it is asked to stop.
  const site = new Site(t, '');
  const busy = join(site.folder, 'busy');
  site.write(`${EMPTY}execute=/nowhere.cf; touch ${busy}; sleep 30 #\n`);
  const child = site.spawn('--foreground', site.config, 'start');
  const outcome = collect(child);
  await until(() => existsSync(busy), 'the child');
  child.kill('SIGTERM');
  await until(() => !site.socketIsThere, 'the begin of the end');
  child.kill('SIGTERM');
  t.equal((await outcome).code, 255);
  t.equal(site.pid, undefined);
});
