import type { ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type Agent, startAgent } from '../../../lab/agent.ts';
import { createDaemon, type Daemon } from '../../../lab/daemon.ts';
import { createNetwork, type Host } from '../../../lab/network.ts';
import { until } from '../../../support/engine-rig.ts';
import { forgetsSoon } from '../../../support/kernel-stage.ts';
import { lab } from '../../../support/lab.ts';

const SERVICE = 'http://10.1.1.19/';
const OTHER = 'http://10.1.1.2/';
const CONFIG = `logfile = "FOLDER/director.log"
quiescent = no
virtual = 10.1.1.19:80
    real = 10.1.1.21:80 masq
    checktype = on
`;
const TABLE = ['list', 'table', 'inet', 'l4director-capture_ldirectord.cf'];
/** Of somebody else, to be left as it is. */
const FOREIGN = `table inet foreign {
  chain input { type filter hook input priority 0; tcp dport 9999 counter drop; }
}`;

interface Scene {
  readonly director: Host;
  readonly daemon: Daemon;
  /** Asks from another host, and from the director itself. */
  readonly client: Agent;
  readonly home: Agent;
}

/** A director whose port 80 an nginx holds on every address, a web server, a client. */
async function scene(t: Test, ini: string): Promise<Scene> {
  t.setTimeout(240_000);
  const network = await createNetwork();
  t.teardown(() => network.close());
  const director = await network.host('director', '10.1.1.2/24', '10.1.1.19/24');
  await forgetsSoon(director);
  const web = await network.host('web', '10.1.1.21/24');
  const [client, home] = [await network.host('client', '10.1.1.100/24'), director].map(
    startAgent,
  );
  if (!client || !home) throw new Error('two agents');
  t.teardown(() => Promise.all([client.close(), home.close()]));
  await serve(director, 'nginx on the director');
  await serve(web, 'web');
  await answers(client, OTHER);
  await answers(client, 'http://10.1.1.21/');
  const daemon = await createDaemon(director, CONFIG, ini);
  return { director, daemon, client, home };
}

/** An nginx on every address, of both families, whose page holds the words. */
async function serve(host: Host, words: string): Promise<void> {
  const file = join(host.folder, 'nginx.conf');
  await writeFile(
    file,
    `daemon off; master_process off; pid ${host.folder}/nginx.pid; error_log ${host.folder}/error;
events {}
http {
  access_log off; client_body_temp_path ${host.folder}/tmp; keepalive_timeout 60s;
  server { listen 80; listen [::]:80; location / { return 200 "${words}"; } }
}`,
  );
  host.spawn('nginx', ['-p', host.folder, '-c', file], { stdio: 'ignore' });
}

async function answers(agent: Agent, url: string): Promise<void> {
  while ((await agent.do('visit', url)).outcome !== 'ok') await sleep(20);
}

/** The page, or what went wrong. */
async function seen(agent: Agent, url: string): Promise<string> {
  const { outcome, body } = await agent.do('visit', url);
  return outcome === 'ok' ? body : outcome;
}

async function started({ daemon }: Scene): Promise<void> {
  const { code, stderr } = await daemon.command('start');
  if (code !== 0) throw new Error(`start: ${code} ${stderr}`);
  await daemon.until(({ state }) => state === 'up', 10_000);
}

function tableOf({ director }: Scene): Promise<string> {
  return director.run('nft', ...TABLE).catch(() => 'no table');
}

/** Once the kernel has forgotten whom it led: the table is gone. */
function noTable(on: Scene): Promise<void> {
  return until(async () => (await tableOf(on)) === 'no table');
}

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nginx', 'nft');

t.test(
  'a service is captured from a program on *:80, which keeps all else',
  NEEDS,
  async (t) => {
    const on = await scene(t, '[net]\ncapture = yes\n');
    await on.director.run('nft', FOREIGN);
    const foreign = () => on.director.run('nft', 'list', 'table', 'inet', 'foreign');
    const before = await foreign();
    const held = on.client.do('hold', '10.1.1.19', 80);
    await started(on);
    t.equal(await seen(on.client, SERVICE), 'web');
    t.equal(await seen(on.home, SERVICE), 'web', 'from the director itself');
    t.equal(await seen(on.client, OTHER), 'nginx on the director');
    t.equal(await seen(on.home, 'http://127.0.0.1/'), 'nginx on the director');
    const { id, reals } = await on.daemon.service();
    t.equal(id, 'tcp:10.1.1.19:80');
    t.equal(reals[0]?.totalConnections, 2);
    t.match(await tableOf(on), '10.1.1.19 . 80 : 10.1.1.19 . 61000');
    await on.daemon.stop();
    t.equal(await tableOf(on), 'no table');
    t.equal(await seen(on.client, SERVICE), 'nginx on the director');
    t.equal(await foreign(), before);
    t.equal(await Promise.race([held, 'still open']), 'still open');
  },
);

t.test(
  'after kill -9 nobody gets the wrong page, and the next start takes over',
  NEEDS,
  async (t) => {
    const on = await scene(t, '[net]\ncapture = yes\n');
    await started(on);
    await kill(on);
    t.equal(await seen(on.client, SERVICE), 'ECONNREFUSED');
    await started(on);
    t.equal(await seen(on.client, SERVICE), 'web');
    await kill(on);
    await writeFile(join(on.director.folder, 'ldirectord.ini'), '');
    await on.daemon.command('start');
    await on.daemon.until(({ state }) => state === 'failed', 10_000);
    await noTable(on); // not wanted any more
    t.equal(await seen(on.client, SERVICE), 'nginx on the director');
    await on.daemon.stop();
  },
);

t.test(
  'after kill -9 the next start takes the table out, though net has nothing to do',
  lab('namespaces', 'nginx', 'nft', 'conntrack'),
  async (t) => {
    const on = await scene(t, '[net]\ncapture = yes\n');
    await on.director.run('sysctl', '-qw', 'net.ipv4.ip_forward=1');
    await started(on);
    await kill(on);
    const ini = '[net]\nengine = nftables\ncapture = yes\n[nftables]\nsnat = yes\n';
    await writeFile(join(on.director.folder, 'ldirectord.ini'), ini);
    await started(on);
    await noTable(on);
    t.equal(await seen(on.client, SERVICE), 'web');
    t.equal((await on.daemon.service()).engine, 'nftables');
    await on.daemon.stop();
  },
);

async function kill({ daemon }: Scene): Promise<void> {
  process.kill(await daemon.pid(), 'SIGKILL');
  while ((await daemon.command('status')).code === 0) await sleep(20);
}

t.test('a reload begins to capture, and ends it', NEEDS, async (t) => {
  const on = await scene(t, '');
  await on.daemon.command('start');
  await on.daemon.until(({ state }) => state === 'failed', 10_000);
  t.match((await on.daemon.service()).problem, 'or set capture = yes');
  const ini = join(on.director.folder, 'ldirectord.ini');
  await writeFile(ini, '[service tcp:10.1.1.19:80]\ncapture = yes\n');
  await on.daemon.command('reload');
  await on.daemon.until(({ state }) => state === 'up', 10_000);
  t.equal(await seen(on.client, SERVICE), 'web');
  await writeFile(ini, '');
  await on.daemon.command('reload');
  await on.daemon.until(({ state }) => state === 'failed', 10_000);
  await noTable(on);
  t.equal(await seen(on.client, SERVICE), 'nginx on the director');
  await on.daemon.stop();
});

t.test('a table that others flush is there again', NEEDS, async (t) => {
  const on = await scene(t, '[net]\ncapture = yes\n');
  await started(on);
  const whole = await tableOf(on);
  await on.director.run('nft', 'flush', 'ruleset');
  t.equal(await seen(on.client, SERVICE), 'nginx on the director');
  while ((await tableOf(on)) !== whole) await sleep(100);
  t.equal(await seen(on.client, SERVICE), 'web');
  await on.daemon.stop();
});

/** A table of our name whose owner is another process cannot be changed by anybody else, and goes with
 *  that. */
async function owned(on: Scene): Promise<ChildProcess> {
  const script =
    'table inet l4director-capture_ldirectord.cf { flags owner; chain output { }; }';
  const owner = on.director.spawn('nft', ['-i'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  owner.stdin?.write(`add ${script}\n`);
  while ((await tableOf(on)) === 'no table') await sleep(20);
  return owner;
}

t.test('a table that stays at stop is told of', NEEDS, async (t) => {
  const on = await scene(t, '[net]\ncapture = yes\n');
  const owner = await owned(on);
  await on.daemon.command('start');
  await on.daemon.until(({ state }) => state === 'failed', 10_000);
  await on.daemon.stop();
  const log = await readFile(join(on.director.folder, 'director.log'), 'utf8');
  t.match(
    log,
    /The table inet l4director-capture_ldirectord.cf could not be removed: /,
  );
  owner.stdin?.end();
});

t.test('without permission the service says what to do', NEEDS, async (t) => {
  const on = await scene(t, '[net]\ncapture = yes\n');
  const owner = await owned(on);
  await on.daemon.command('start');
  await on.daemon.until(({ state }) => state === 'failed', 10_000);
  t.match((await on.daemon.service()).problem, 'capture = yes');
  owner.stdin?.end();
  await on.daemon.until(({ state }) => state === 'up', 20_000);
  t.equal(await seen(on.client, SERVICE), 'web', 'as soon as it may');
  await on.daemon.stop();
});
