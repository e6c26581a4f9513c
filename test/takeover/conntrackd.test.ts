import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { patternDigest } from '../lab/bulk.ts';
import type { Host } from '../lab/network.ts';
import {
  comes,
  directors,
  exampleOn,
  type Member,
  VIP,
} from '../support/director-pair.ts';
import { lab } from '../support/lab.ts';

/** By which the real server answers: it moves with the virtual address. */
const INNER = '10.1.1.18';
const PACE = 2 ** 22;
/** Far more than sockets hold: at the takeover most of it is still to come. */
const BYTES = 8 * PACE;

/** conntrackd's files, those of the other host with the addresses changed about. */
function conntrackdOn(host: Host): string {
  const isSecond = host.name === 'lb2';
  return exampleOn(host, 'conntrackd/conntrackd.conf', {
    '/var/lock/conntrack.lock': join(host.folder, 'conntrack.lock'),
    '/var/run/conntrackd.ctl': join(host.folder, 'conntrackd.ctl'),
    'IPv4_address 10.1.1.2\n        IPv4_Destination_Address 10.1.1.3': isSecond
      ? 'IPv4_address 10.1.1.3\n        IPv4_Destination_Address 10.1.1.2'
      : 'IPv4_address 10.1.1.2\n        IPv4_Destination_Address 10.1.1.3',
  });
}

async function prepare(host: Host): Promise<void> {
  for (const name of ['ip_forward=1', 'conf.all.send_redirects=0'])
    await host.run('sysctl', '-qw', `net.ipv4.${name}`);
  await host.run('sysctl', '-qw', 'net.ipv4.conf.eth0.send_redirects=0');
  const config = conntrackdOn(host);
  exampleOn(host, 'conntrackd/l4director-role', {
    '/etc/conntrackd/conntrackd.conf': config,
  });
  host.spawn('conntrackd', ['-C', config], { stdio: 'ignore' });
}

async function take({ host, daemon }: Member): Promise<void> {
  for (const address of [VIP, INNER]) await host.addAddress(`${address}/24`);
  const { code, stderr } = await daemon.command('role', 'active');
  if (code !== 0) throw new Error(`role active: ${stderr}`);
}

/** Bytes that its link has sent. */
async function forwarded(host: Host): Promise<number> {
  return Number(await host.run('cat', '/sys/class/net/eth0/statistics/tx_bytes'));
}

t.test(
  'a download that the nftables engine forwards goes on over the takeover',
  lab('root', 'namespaces', 'nft', 'conntrack', 'conntrackd'),
  async (t) => {
    await using stage = await directors({
      prepare,
      ini: ({ folder }) =>
        `[net]\nengine = nftables\n[daemon]\nrole-command = ${folder}/conntrackd-l4director-role\n`,
    });
    const { members, client, clientHost, webHost } = stage;
    const [one, two] = members;
    if (!one || !two) throw new Error('two directors were wished');
    await webHost.run('ip', 'route', 'add', '10.1.1.100/32', 'via', INNER);
    t.match(await two.daemon.command('role', 'standby'), { code: 0, stderr: '' });
    await take(one);
    t.equal((await one.daemon.service()).engine, 'nftables');
    const url = `http://${VIP}/bytes/${BYTES}`;
    const download = client.do('download', url, PACE);
    await client.do('downloadBegan', url);
    const control = join(two.host.folder, 'conntrackd-conntrackd.conf');
    await comes(
      async () =>
        /ESTABLISHED src=10\.1\.1\.100 dst=10\.1\.1\.19 /.test(
          await two.host.run('conntrackd', '-C', control, '-e'),
        ),
      'the flow in the cache of the standby',
    );
    await sleep(1_000);
    await one.host.cut();
    const began = performance.now();
    await take(two);
    t.comment(`taken over in ${Math.round(performance.now() - began)} ms`);
    // Whoever moves an address says so by ARP.
    for (const host of [clientHost, webHost])
      await host.run('ip', 'neighbour', 'flush', 'all');
    const before = await forwarded(two.host);
    t.same(await download, {
      bytes: BYTES,
      sha256: await patternDigest(BYTES),
      outcome: 'ok',
    });
    const bytes = (await forwarded(two.host)) - before;
    t.ok(bytes > BYTES / 16, `${bytes} bytes went through the second director`);
  },
);
