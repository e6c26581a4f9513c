import { once } from 'node:events';
import t from 'tap';
import { collect, freePort, Site, until, webServer } from '../support/site.ts';

const EMPTY = 'checkinterval=1\nquiescent=yes\nlogfile="LOG"\n';

t.test('--foreground stays attached, with a pid file, and ends at TERM', async (t) => {
  const site = new Site(t, EMPTY);
  const child = site.spawn('--foreground', site.config, 'start');
  const outcome = collect(child);
  await until(() => site.pid !== undefined, 'pid file');
  t.equal(site.pid, child.pid);
  t.equal((await site.run('status')).code, 0);
  child.kill('SIGTERM');
  t.same(await outcome, { code: 0, stdout: '', stderr: '' });
  t.equal(site.pid, undefined);
  t.match(site.logText, /Linux Director Daemon terminated on signal: TERM\n$/);
});

t.test('-d logs bare on stderr, has no pid file, and touches no log', async (t) => {
  const site = new Site(t, EMPTY);
  const child = site.spawn('-d', site.config, 'start');
  const outcome = collect(child);
  await until(() => site.socketIsThere, 'control socket');
  t.equal((await site.run('status')).code, 3, 'others do not see it');
  child.kill('SIGINT');
  const { code, stdout, stderr } = await outcome;
  t.same([code, stdout, site.logText], [0, '', '']);
  t.match(stderr, /^Starting Linux Director .* with pid: \d+$/m);
  t.match(stderr, /^Linux Director Daemon terminated on signal: INT$/m);
});

t.test('supervised=yes logs with the date on stdout', async (t) => {
  const site = new Site(t, `${EMPTY}supervised=yes\n`);
  const child = site.spawn(site.config, 'start');
  const outcome = collect(child);
  await until(() => site.socketIsThere, 'control socket');
  t.equal(site.pid, undefined);
  child.kill('SIGTERM');
  const { code, stdout } = await outcome;
  t.equal(code, 0);
  t.match(
    stdout,
    /^\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\] Starting Linux Director/m,
  );
});

t.test(
  'one that runs unseen in the foreground keeps a second from starting',
  async (t) => {
    const site = new Site(t, EMPTY);
    const child = site.spawn('-d', site.config, 'start');
    child.stderr?.resume();
    await until(() => site.socketIsThere, 'control socket');
    const { code, stderr } = await site.run('start');
    t.equal(code, 1);
    t.match(stderr, new RegExp(`pid ${child.pid} .*foreground`));
    child.kill('SIGTERM');
    await once(child, 'exit');
  },
);

t.test('start in the foreground where one runs has nothing to do', async (t) => {
  const site = new Site(t, EMPTY);
  await site.run('start');
  t.same(await site.run('--foreground', 'start'), { code: 0, stdout: '', stderr: '' });
});

t.test('-d shows every check', async (t) => {
  const [virtual, real] = [await freePort(), await webServer(t)];
  const service = `virtual=127.0.0.1:${virtual}\n\treal=127.0.0.1:${real} masq\n\tchecktype=connect\n`;
  const site = new Site(t, EMPTY + service);
  const child = site.spawn('-d', site.config, 'start');
  const line = `DEBUG: Checked real server: 127.0.0.1:${real} (tcp:127.0.0.1:${virtual}): up (connect, `;
  const seen = new Promise<void>((resolve) => {
    let text = '';
    child.stderr?.on('data', (chunk) => {
      text += chunk;
      if (text.split(line).length > 2) resolve(); // the second changes nothing
    });
  });
  const outcome = collect(child);
  await seen;
  child.kill('SIGINT');
  t.equal((await outcome).code, 0);
});
