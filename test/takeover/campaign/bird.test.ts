import { join } from 'node:path';
import t from 'tap';
import type { Host } from '../../lab/network.ts';
import { now } from '../../lab/traffic.ts';
import {
  comes,
  directors,
  each,
  exampleOn,
  outage,
  VIP,
} from '../../support/director-pair.ts';
import { lab } from '../../support/lab.ts';

/** Two failed checks, and what BGP and a busy machine take. */
const MOST_MS = 20_000;

function bird(host: Host, file: string): void {
  host.spawn('bird', ['-f', '-c', file, '-s', 'bird.ctl', '-P', 'bird.pid'], {
    cwd: host.folder,
    stdio: 'ignore',
  });
}

async function birdc(host: Host, ...words: readonly string[]): Promise<string> {
  return host.run('birdc', '-s', join(host.folder, 'bird.ctl'), ...words);
}

/** The virtual address stands on lo, and nobody asks for it on the link. */
async function prepare(host: Host): Promise<void> {
  await host.run('ip', 'address', 'add', `${VIP}/32`, 'dev', 'lo');
  for (const name of ['conf.all.arp_ignore=1', 'conf.all.arp_announce=2'])
    await host.run('sysctl', '-qw', `net.ipv4.${name}`);
  const [own = ''] =
    /10\.1\.1\.\d/.exec(await host.run('ip', 'address', 'show', 'eth0')) ?? [];
  bird(host, exampleOn(host, 'bird/director.conf', { '10.1.1.2': own }));
  const script = exampleOn(host, 'bird/l4director-announce', {
    '/run/l4director.ldirectord.sock': join(
      host.folder,
      'run/l4director.ldirectord.cf.sock',
    ),
    '/run/bird/bird.ctl': join(host.folder, 'bird.ctl'),
  });
  host.spawn(script, [], { stdio: 'ignore' });
}

t.test(
  'three directors announce one address, and who is not ready withdraws it',
  lab('root', 'namespaces', 'bird', 'curl'),
  async (t) => {
    await using stage = await directors({ count: 3, scheduler: 'mh', prepare });
    const { network, members, client, clientHost } = stage;
    const router = await network.host('router', '10.1.1.1/24');
    for (const name of [
      ...['ip_forward=1', 'fib_multipath_hash_policy=1'],
      ...['conf.all.send_redirects=0', 'conf.eth0.send_redirects=0'],
    ])
      await router.run('sysctl', '-qw', `net.ipv4.${name}`);
    bird(router, exampleOn(router, 'bird/router.conf', {}));
    await clientHost.run('ip', 'route', 'add', `${VIP}/32`, 'via', '10.1.1.1');
    const ways = async () =>
      [
        ...(await router.run('ip', 'route', 'show', VIP)).matchAll(
          /via 10\.1\.1\.(\d)/g,
        ),
      ]
        .map(([, last = '']) => last)
        .sort()
        .join('');
    const lead = (to: string) =>
      comes(async () => (await ways()) === to, `ways to ${to}`);
    await lead('234');

    const url = `http://${VIP}/bytes/10`;
    const calm = await client.do('visits', url, 60);
    t.ok(calm.every(({ outcome }) => outcome === 'ok'));
    const services = await Promise.all(members.map(({ daemon }) => daemon.service()));
    const shares = services.map(({ acceptedConnections }) => acceptedConnections);
    t.ok(
      shares.every((share) => share > 0),
      `all of them are used: ${shares}`,
    );
    const used = services.flatMap(({ reals }) =>
      reals.filter(({ totalConnections }) => totalConnections > 0).map(({ id }) => id),
    );
    t.equal(new Set(used).size, 1, 'each leads this client to the same real server');

    const [one, two] = members;
    if (!one || !two) throw new Error('three directors were wished');
    const load = client.do('load', url, 20);
    const marks: (readonly [what: string, from: number, to: number])[] = [];
    const act = async (what: string, how: () => Promise<unknown>, to: string) => {
      const from = now();
      await how();
      await lead(to);
      marks.push([what, from, now()]);
    };
    await act('not ready', () => each(one, 'disable'), '34');
    await act('ready again', () => each(one, 'enable'), '234');
    await act(
      'kill -9 of a director',
      async () => process.kill(await two.daemon.pid(), 'SIGKILL'),
      '24',
    );
    const quiet = now();
    await comes(async () => now() > quiet + 2_000, 'visits to those that are left');
    await client.do('endLoad', url);
    const visits = await load;
    for (const [what, from, to] of marks) {
      const lost = visits.filter(
        ({ at, outcome }) => outcome !== 'ok' && at >= from && at <= to,
      );
      const made = visits.filter(({ at }) => at >= from && at <= to);
      t.comment(
        `${what}: ${Math.round(to - from)} ms; ${lost.length} of ${made.length} clients lost, ` +
          `nobody served for ${Math.round(outage(visits, from, to))} ms`,
      );
      t.ok(to - from < MOST_MS, what);
    }
    const after = visits.filter(({ at }) => at > quiet + 500);
    t.ok(after.length > 10, `${after.length} visits`);
    t.ok(
      after.every(({ outcome }) => outcome === 'ok'),
      'nobody is led to one that has withdrawn',
    );

    const isAnnounced = async () =>
      / up /.test(await birdc(one.host, 'show', 'protocols', 'l4director'));
    t.ok(await isAnnounced());
    // A round of the script and more: the address may not even be withdrawn before it is announced again.
    const read = now();
    await birdc(one.host, 'configure');
    await comes(
      async () => now() > read + 2_000 && (await isAnnounced()),
      'the address',
    );
  },
);
