import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { lab } from '../support/lab.ts';
import {
  collect,
  commandLine,
  freePort,
  killed,
  processesUnder,
  Site,
  webServer,
} from '../support/site.ts';

t.jobs = 2; // each has a site of its own, and starts mostly wait

const EMPTY = 'checkinterval=1\nquiescent=yes\nlogfile="LOG"\n';

function oneService(virtual: number, real: number, more = ''): string {
  return `${EMPTY}virtual=127.0.0.1:${virtual}
    real=127.0.0.1:${real} masq
    service=http
    request="index.html"
    receive="Test Page"
    scheduler=rr
    checktype=negotiate
${more}`;
}

t.test('when start returns, a request is answered', async (t) => {
  const virtual = await freePort();
  const site = new Site(t, oneService(virtual, await webServer(t)));
  t.same(await site.run('start'), { code: 0, stdout: '', stderr: '' });
  const answer = await fetch(`http://127.0.0.1:${virtual}/`);
  t.equal(await answer.text(), 'Test Page');
});

t.test(
  'the director stands alone: own session, in /, its name on its command line',
  async (t) => {
    const site = new Site(t, EMPTY);
    await site.run('start');
    const pid = site.pid ?? 0;
    t.equal(readlinkSync(`/proc/${pid}/cwd`), '/');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    t.equal(Number(session), pid, 'it leads a session');
    t.match(commandLine(pid).join(' '), `${site.program} ${site.config} start`);
    for (const fd of [0, 1, 2])
      t.equal(readlinkSync(`/proc/${pid}/fd/${fd}`), '/dev/null');
  },
);

t.test('it is started and stopped from a folder that was removed', async (t) => {
  const site = new Site(t, EMPTY);
  const folder = join(site.folder, 'gone');
  // Without tap's own hooks, which ask for the folder before the program does.
  const script = `unset NODE_OPTIONS; mkdir ${folder}; cd ${folder}; rmdir ${folder}; exec "$@"`;
  const there = (action: string) => {
    const own = [site.program, '--runtime-dir', site.runtimeDir, site.config, action];
    return collect(spawn('/bin/sh', ['-c', script, 'sh', process.execPath, ...own]));
  };
  t.same(await there('start'), { code: 0, stdout: '', stderr: '' });
  t.ok(site.pid);
  t.same(await there('stop'), { code: 0, stdout: '', stderr: '' });
  t.notOk(site.pid);
});

t.test("pgrep finds it as Pacemaker's agent asks", lab('pgrep'), async (t) => {
  const site = new Site(t, EMPTY);
  await site.run('start');
  const found = await collect(
    spawn('pgrep', ['-f', `${site.program} ${site.config} start`]),
  );
  t.equal(Number(found.stdout), site.pid);
});

t.test(
  'of ten starts at once all succeed in silence, and one director runs',
  async (t) => {
    const site = new Site(t, EMPTY);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => site.run('start')),
    );
    for (const outcome of outcomes)
      t.same(outcome, { code: 0, stdout: '', stderr: '' });
    t.same(processesUnder(site.program), [site.pid]);
  },
);

t.test('after a kill -9 status says stale, and start starts', async (t) => {
  const site = new Site(t, EMPTY);
  await site.run('start');
  const first = site.pid ?? 0;
  await killed(first);
  t.equal((await site.run('status')).code, 1);
  t.same(await site.run('start'), { code: 0, stdout: '', stderr: '' });
  t.not(site.pid, first);
  t.equal((await site.run('status')).code, 0);
});

t.test("a stranger under the pid file's number is not taken for it", async (t) => {
  const site = new Site(t, EMPTY);
  writeFileSync(site.pidFile, `${process.pid}\n`);
  t.equal((await site.run('status')).code, 1);
  t.equal((await site.run('stop')).code, 0);
  t.equal((await site.run('start')).code, 0);
  t.not(site.pid, process.pid);
});

t.test('one that hangs, and whose pid file was damaged, is stopped', async (t) => {
  const site = new Site(t, EMPTY);
  await site.run('start');
  const pid = site.pid ?? 0;
  writeFileSync(site.pidFile, '');
  process.kill(pid, 'SIGSTOP');
  const stopped = site.run('stop');
  const first = await Promise.race([stopped, sleep(3_000, 'it waits')]);
  process.kill(pid, 'SIGCONT');
  t.equal(first, 'it waits');
  t.same(await stopped, { code: 0, stdout: '', stderr: '' });
  t.same(commandLine(pid), []);
});

t.test(
  'a relative config is found again at reload, though the director is in /',
  async (t) => {
    const site = new Site(t, EMPTY);
    t.equal((await site.call('./a.cf', 'start')).code, 0);
    site.write(`${EMPTY}quiescent=no\nchekinterval=2\n`);
    process.kill(site.pid ?? 0, 'SIGHUP');
    await site.logged(/Error \[\d+\] reading file .*a\.cf at line 5: .*checkinterval/);
  },
);

t.test('an error in the config is told before anything starts', async (t) => {
  const site = new Site(t, 'checkinterval=0\nautoreload=maybe\n');
  const { code, stderr } = await site.run('start');
  t.equal(code, 2);
  t.match(stderr, `${site.config}:1: `);
  t.match(stderr, `${site.config}:2: `, 'all errors at once');
  t.same(processesUnder(site.program), []);
});

t.test('warnings are told, and it starts', async (t) => {
  const site = new Site(t, `${EMPTY}checkcount=3\n`);
  const { code, stderr } = await site.run('start');
  t.equal(code, 0);
  t.match(stderr, `${site.config}:4: warning: `);
});

/** Has a process let go of all that nothing holds, again and again. */
const COLLECTING = `data:text/javascript,${encodeURIComponent(`
  import { setFlagsFromString } from 'node:v8';
  import { runInNewContext } from 'node:vm';
  setFlagsFromString('--expose-gc');
  setInterval(runInNewContext('gc'), 200).unref();
`)}`;

t.test('a service that stays in the starting is named after 5 s', async (t) => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.teardown(() => silent.close());
  const address = silent.address();
  const real = typeof address === 'object' && address ? address.port : 0;
  const virtual = await freePort();
  const site = new Site(t, oneService(virtual, real, '    negotiatetimeout=60\n'));
  site.env.NODE_OPTIONS = `--import=${COLLECTING}`;
  const { code, stderr } = await site.run('start');
  t.equal(code, 0);
  t.match(stderr, new RegExp(`^tcp:127.0.0.1:${virtual}: still starting`));
  t.equal((await site.run('status')).code, 0);
});

t.test('a service whose port is taken is named with its reason', async (t) => {
  const taken = await webServer(t, 'somebody else');
  const site = new Site(t, oneService(taken, await webServer(t)));
  const { code, stderr } = await site.run('start');
  t.equal(code, 0);
  t.match(stderr, new RegExp(`^tcp:127.0.0.1:${taken}: `));
});

t.test('a director that cannot come up says why, and leaves no pid file', async (t) => {
  const site = new Site(t, EMPTY);
  mkdirSync(join(site.runtimeDir, 'l4director.a.cf.sock'));
  const { code, stderr } = await site.run('start');
  t.equal(code, 1);
  t.match(stderr, /cannot start: .*l4director\.a\.cf\.sock/);
  t.equal(site.pid, undefined);
  t.same(processesUnder(site.program), []);
});

t.test('a runtime directory that is not there is named', async (t) => {
  const site = new Site(t, EMPTY);
  const { code, stderr } = await site.call(
    '--runtime-dir',
    '/nowhere',
    site.config,
    'start',
  );
  t.equal(code, 1);
  t.match(stderr, /\/nowhere/);
});
