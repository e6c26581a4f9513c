import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { lab } from '../support/lab.ts';
import { PrivateHost } from '../support/private-host.ts';
import { freePort, killed, webServer } from '../support/site.ts';

const NEEDS = ['root', 'namespaces', 'ldirectord'] as const;

const SUCCESS = 0;
const NOT_RUNNING = 7;

async function balanced(
  t: import('tap').Test,
): Promise<{ host: PrivateHost; url: string }> {
  const virtual = await freePort();
  const host = await PrivateHost.open(
    t,
    `checkinterval=1
quiescent=yes
logfile="LOG"
virtual=127.0.0.1:${virtual}
    real=127.0.0.1:${await webServer(t)} masq
    service=http
    request="index.html"
    receive="Test Page"
    checktype=negotiate
`,
  );
  return { host, url: `http://127.0.0.1:${virtual}/` };
}

async function body(url: string): Promise<string> {
  return (await fetch(url)).text();
}

t.test(
  "Pacemaker's agent drives it, and stops it with a broken config too",
  lab(...NEEDS, 'resource-agents', 'pgrep'),
  async (t) => {
    const { host, url } = await balanced(t);
    const { site } = host;
    const agent = async (action: string): Promise<number | null> => {
      const { code } = await host.runWith(
        {
          OCF_ROOT: '/usr/lib/ocf',
          OCF_RESOURCE_INSTANCE: 'director',
          OCF_RESKEY_configfile: site.config,
          OCF_RESKEY_ldirectord: '/usr/sbin/ldirectord',
        },
        '/usr/lib/ocf/resource.d/heartbeat/ldirectord',
        action,
      );
      return code;
    };
    t.equal(await agent('validate-all'), SUCCESS);
    t.equal(await agent('monitor'), NOT_RUNNING);
    t.equal(await agent('stop'), SUCCESS, 'stopping what is stopped');
    t.equal(await agent('start'), SUCCESS);
    t.equal(await body(url), 'Test Page', 'at work when start returns');
    t.equal(await agent('monitor'), SUCCESS);
    t.equal(await agent('start'), SUCCESS, 'again');
    const good = readFileSync(site.config, 'utf8');
    writeFileSync(site.config, `${good}\nchekinterval=1\n`);
    t.equal(await agent('monitor'), SUCCESS, 'half-edited, and healthy');
    t.equal(await agent('stop'), SUCCESS);
    t.equal((await host.run('pgrep', '-f', `ldirectord ${site.config} start`)).code, 1);
    await t.rejects(body(url), 'nobody answers');
    writeFileSync(site.config, good);
    t.equal(await agent('start'), SUCCESS);
    const pid = (await host.read('/run/ldirectord.a.cf.pid')).trim();
    await killed(Number(pid));
    t.equal(await agent('monitor'), NOT_RUNNING, 'killed, and a stale pid file');
    t.equal(await agent('start'), SUCCESS);
    t.equal(await body(url), 'Test Page');
    t.equal(await agent('stop'), SUCCESS);
  },
);

t.test("Debian's init script drives it", lab(...NEEDS), async (t) => {
  const { host, url } = await balanced(t);
  const script = async (action: string): Promise<number | null> =>
    (await host.run('/etc/init.d/ldirectord', action)).code;
  t.equal(await script('status'), 3);
  t.equal(await script('start'), 0);
  t.equal(await body(url), 'Test Page');
  t.equal(await script('status'), 0);
  t.equal(await script('reload'), 0);
  t.equal(await script('force-reload'), 0);
  t.equal(await script('restart'), 0);
  t.equal(await body(url), 'Test Page');
  t.equal(await script('try-restart'), 0);
  t.equal(await script('stop'), 0);
  t.equal(await script('status'), 3);
  t.equal(await script('try-restart'), 0);
  t.equal(await script('reload'), 1);
});

/** Commands of a unit file, in its order. */
function commands(unit: string, key: string): string[] {
  return unit
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1));
}

t.test("the commands of Debian's systemd unit drive it", lab(...NEEDS), async (t) => {
  const { host, url } = await balanced(t);
  const unit = readFileSync('/lib/systemd/system/ldirectord.service', 'utf8');
  const run = async (key: string): Promise<void> => {
    for (const command of commands(unit, key))
      t.equal((await host.run(...command.split(' '))).code, 0, `${key}=${command}`);
  };
  const [pidFile = ''] = commands(unit, 'PIDFile');
  t.equal(await host.read(pidFile), '');
  await run('ExecStart');
  await run('ExecStartPost');
  const pid = (await host.read(pidFile)).trim();
  t.match(await host.read(`/proc/${pid}/cmdline`), '/usr/sbin/ldirectord\0start');
  t.equal(await body(url), 'Test Page');
  await run('ExecReload');
  t.equal((await host.read(pidFile)).trim(), pid);
  await run('ExecStop');
  t.equal(await host.read(pidFile), '');
  await run('ExecStopPost');
});

t.test(
  'the line in crontab starts it once, and then keeps quiet',
  lab(...NEEDS),
  async (t) => {
    const { host, url } = await balanced(t);
    const { site } = host;
    const program = `/usr/sbin/ldirectord ${site.config}`;
    const line = `${program} status >/dev/null 2>&1 || ${program} start`;
    const all = await Promise.all(
      Array.from({ length: 4 }, () => host.run('sh', '-c', line)),
    );
    for (const outcome of all) t.same(outcome, { code: 0, stdout: '', stderr: '' });
    const running = await host.run(
      'pgrep',
      '-f',
      `/usr/sbin/ldirectord ${site.config} start`,
    );
    t.equal(running.stdout, await host.read('/run/ldirectord.a.cf.pid'), 'one of them');
    t.same(await host.run('sh', '-c', line), { code: 0, stdout: '', stderr: '' });
    t.equal(await body(url), 'Test Page');
  },
);
