import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { canShare } from '../../lib/engines/net/crew/worker-count.ts';
import { startApache } from '../lab/apache.ts';
import { createDaemon, type Daemon, server } from '../lab/daemon.ts';
import { createNetwork, type Host, type Network } from '../lab/network.ts';
import { until } from '../support/engine-rig.ts';
import { lab } from '../support/lab.ts';

const VIP = '10.1.1.19';
const WEB = '10.1.1.21:80';
const CONFIG = `checkinterval = 1
quiescent = yes
logfile = "FOLDER/director.log"
virtual = ${VIP}:80
    real = ${WEB} masq
    real = 10.1.1.22:80 masq
    checktype = connect
    service = none
    scheduler = rr
    persistent = 600
`;
const CLIENTS = Array.from({ length: 9 }, (_, n) => `10.1.1.${101 + n}`);
const SECRET = 'a secret of both directors';
const NEXT = 'the secret that follows it';

interface Balancer {
  readonly host: Host;
  readonly daemon: Daemon;
  readonly secretFile: string;
}

async function balancer(
  network: Network,
  name: string,
  own: string,
  other: string,
  secret = SECRET,
): Promise<Balancer> {
  const host = await network.host(name, `${own}/24`);
  const secretFile = join(host.folder, 'secret');
  await writeFile(secretFile, `${secret}\n`, { mode: 0o600 });
  const ini = `[net]
workers = 1
[peer]
listen = ${own}:7400
peers = ${other}:7400
secret-file = ${secretFile}
`;
  return { host, daemon: await createDaemon(host, CONFIG, ini), secretFile };
}

/** Two directors, of which the first has the service's address, two web servers, and a host of many clients. */
async function scene(t: Test, secrets: readonly [string, string] = [SECRET, SECRET]) {
  t.setTimeout(240_000);
  const network = await createNetwork();
  t.teardown(() => network.close());
  const lb1 = await balancer(network, 'lb1', '10.1.1.2', '10.1.1.3', secrets[0]);
  const lb2 = await balancer(network, 'lb2', '10.1.1.3', '10.1.1.2', secrets[1]);
  const web1 = await network.host('web1', '10.1.1.21/24');
  const web2 = await network.host('web2', '10.1.1.22/24');
  await Promise.all([startApache(web1, '80'), startApache(web2, '80')]);
  const client = await network.host('client', ...CLIENTS.map((one) => `${one}/24`));
  await lb1.host.addAddress(`${VIP}/24`);
  for (const { daemon } of [lb1, lb2])
    t.match(await daemon.command('start'), { code: 0 });
  for (const { daemon } of [lb1, lb2]) await bothUp(daemon);
  return { lb1, lb2, client };
}

async function bothUp(daemon: Daemon): Promise<void> {
  await daemon.until(({ reals }) => reals.every(({ state }) => state === 'up'), 30_000);
}

async function connected(...all: readonly Balancer[]): Promise<void> {
  for (const { daemon } of all)
    await until(async () => {
      const [peer] = (await daemon.status()).peers;
      return peer?.connected && peer.heard && peer.behind === 0;
    });
}

/** Where each client comes to, one after the other. */
async function homes(client: Host, order: readonly string[]) {
  const found = new Map<string, string>();
  for (const from of order) {
    const words = ['-s', '--max-time', '5', '--interface', from, `http://${VIP}/`];
    found.set(from, (await client.run('curl', ...words)).trim());
  }
  return new Map([...found].toSorted());
}

/** As after a gratuitous ARP. */
async function move(from: Host, to: Host, client: Host): Promise<void> {
  await from.removeAddress(`${VIP}/24`);
  await to.addAddress(`${VIP}/24`);
  await client.run('ip', 'neigh', 'flush', 'dev', 'eth0');
}

async function isOpen(daemon: Daemon): Promise<void> {
  await daemon.until(({ state }) => state === 'up', 15_000);
}

t.test(
  'clients and weights by hand follow to the director that takes over, and back',
  lab('namespaces', 'apache2'),
  async (t) => {
    const { lb1, lb2, client } = await scene(t);
    await connected(lb1, lb2);
    const before = await homes(client, CLIENTS);
    t.equal(new Set(before.values()).size, 2);
    await lb2.daemon.until((service) => service.persistenceEntries === 9, 10_000);

    t.match(await lb1.daemon.command('weight', WEB, '5'), { code: 0 });
    const ms = await lb2.daemon.until((service) => {
      return server(service, WEB).override?.weight === 5;
    }, 10_000);
    t.comment(`the weight was there after ${Math.round(ms)} ms`);
    t.match(server(await lb2.daemon.service(), WEB).override?.by, /, at a peer$/);

    await lb1.host.killAll();
    await move(lb1.host, lb2.host, client);
    await isOpen(lb2.daemon);
    t.strictSame(
      await homes(client, CLIENTS.toReversed()),
      before,
      'after the takeover',
    );
    t.match(await lb2.daemon.command('weight', WEB, 'file'), { code: 0 });

    t.match(await lb1.daemon.command('start'), { code: 0 });
    await bothUp(lb1.daemon);
    await connected(lb1, lb2);
    await lb1.daemon.until((service) => {
      return server(service, WEB).override === null;
    }, 10_000);
    t.equal(server(await lb2.daemon.service(), WEB).override, null);
    await move(lb2.host, lb1.host, client);
    await isOpen(lb1.daemon);
    t.strictSame(await homes(client, CLIENTS.toReversed()), before, 'and back');

    t.match(await lb2.daemon.command('restart'), { code: 0 });
    await connected(lb1, lb2);
    await lb2.daemon.until((service) => service.persistenceEntries === 9, 10_000);
    t.match(await lb1.daemon.command('disable', WEB), { code: 0 });
    await lb2.daemon.until((service) => {
      return server(service, WEB).override?.state === 'maintenance';
    }, 10_000);
    t.match(
      (await lb1.daemon.command('show')).stdout,
      /^peer 10\.1\.1\.3:7400: connected/m,
    );
    if (canShare(process.versions.node)) {
      t.match(await lb2.daemon.command('upgrade'), { code: 0 });
      await connected(lb1, lb2);
      t.equal((await lb2.daemon.service()).persistenceEntries, 9);
      t.match(await lb2.daemon.command('enable', WEB), { code: 0 });
      await lb1.daemon.until((service) => {
        return server(service, WEB).override === null;
      }, 10_000);
    }
    for (const { daemon } of [lb1, lb2]) await daemon.stop();
  },
);

t.test(
  'a wrong secret is refused, and a secret rolls over by reloads',
  lab('namespaces', 'apache2'),
  async (t) => {
    const { lb1, lb2 } = await scene(t, [SECRET, NEXT]);
    const logOf = ({ host }: Balancer) =>
      host.run('cat', join(host.folder, 'director.log'));
    await until(async () => /Refused a peer from 10\.1\.1\.\d/.test(await logOf(lb1)));
    for (const one of [lb1, lb2]) {
      t.notMatch(await logOf(one), SECRET);
      t.notMatch(await logOf(one), NEXT);
      t.match((await one.daemon.status()).peers, [{ connected: false, heard: false }]);
    }
    /** Until the reload has come to them, which `reload` does not wait for. */
    const secrets = async (...all: readonly string[]) => {
      const since = async () => (await lb1.daemon.status()).peers[0]?.since;
      const before = await since();
      await writeFile(lb1.secretFile, `${all.join('\n')}\n`);
      t.match(await lb1.daemon.command('reload'), { code: 0 });
      await until(async () => (await since()) !== before);
      await connected(lb1, lb2);
    };
    await secrets(SECRET, NEXT);
    await secrets(NEXT);

    await lb1.host.run('chmod', '640', lb1.secretFile);
    const refused = await lb1.daemon.command('reload');
    t.not(refused.code, 0);
    t.match(refused.stderr, /secret-file = .*its mode is 0640/);
    await until(async () =>
      /The configuration in force stays as it was/.test(await logOf(lb1)),
    );
    await connected(lb1, lb2);
    for (const { daemon } of [lb1, lb2]) await daemon.stop();
  },
);

t.test('configtest says whose clients peers are not told of', async (t) => {
  const folder = await mkdtemp('/tmp/l4d-');
  t.teardown(() => rm(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);
  await writeFile(at('secret'), `${SECRET}\n`, { mode: 0o600 });
  await writeFile(at('a.cf'), CONFIG.replaceAll('FOLDER', folder));
  const ini = (engine: string) => `[net]
engine = ${engine}
[peer]
listen = 127.0.0.1:7400
peers = 127.0.0.2:7400
secret-file = ${at('secret')}
`;
  const test = async (engine: string) => {
    await writeFile(at('a.cf.ini'), ini(engine));
    const words = ['dist/bin/l4director.js', at('a.cf'), 'configtest'];
    return (await promisify(execFile)(process.execPath, words)).stdout;
  };
  t.match(
    await test('nftables'),
    /persistence of tcp:10\.1\.1\.19:80: peers are not told, since the kernel remembers/,
  );
  t.notMatch(await test('net'), /peers are not told/);
});
