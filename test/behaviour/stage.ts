import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Agent, startAgent } from '../lab/agent.ts';
import { type Apache, startApache } from '../lab/apache.ts';
import { createDaemon, type Daemon } from '../lab/daemon.ts';
import { createNetwork, type Host } from '../lab/network.ts';

/** What a scenario plays on: a director that holds 10.1.1.19 beside its own 10.1.1.2, two real
 *  servers with Apache on port 80, and a client; and the like under 2001:db8::. */
export interface Stage {
  readonly director: Host;
  readonly web: Readonly<Record<'web1' | 'web2', Web>>;
  readonly client: Agent;
  readonly daemon: Daemon;
  /** `http://10.1.1.19/` */
  readonly url: string;
  /** Further servers; they end with the scenario. */
  apache(host: Host, ...listen: readonly string[]): Promise<Apache>;
  agent(host: Host): Agent;
}

export interface Web extends Apache {
  readonly host: Host;
  /** As the status and the log call it. */
  readonly id: string;
}

export const VIP = '10.1.1.19';
const SYSLOG = fileURLToPath(new URL('../../../test/lab/syslog.pl', import.meta.url));

/** Builds the stage, lets `play` run on it, and takes it down whatever happens. The daemon is
 *  written down and not started.
 *  @param net     lines of the ini's section [net], and further sections behind them
 *  @param routed  the director forwards packets, and the real servers answer through it */
export async function onStage(
  { net, routed }: { readonly net: string; readonly routed: boolean },
  config: string,
  play: (stage: Stage) => Promise<void>,
): Promise<void> {
  await using network = await createNetwork();
  const director = await network.host(
    'director',
    '10.1.1.2/24',
    `${VIP}/24`,
    '2001:db8::2/64',
    '2001:db8::19/64',
  );
  const host1 = await network.host('web1', '10.1.1.21/24', '2001:db8::21/64');
  const host2 = await network.host('web2', '10.1.1.22/24', '2001:db8::22/64');
  const host3 = await network.host('client', '10.1.1.100/24', '2001:db8::100/64');
  if (routed) await answerThrough(director, [host1, host2]);
  const client = startAgent(host3);
  const web1 = await startApache(host1, '80');
  const web2 = await startApache(host2, '80');
  await using daemon = await createDaemon(director, config, `[net]\n${net}\n`);
  await startSyslog(director);
  await play({
    director,
    web: {
      web1: { ...web1, host: host1, id: '10.1.1.21:80' },
      web2: { ...web2, host: host2, id: '10.1.1.22:80' },
    },
    client,
    daemon,
    url: `http://${VIP}/`,
    apache: startApache,
    agent: startAgent,
  });
}

/** The real servers reach the client through the director only. They are on one network with it, so
 *  that they would be told of the shorter way. */
async function answerThrough(director: Host, servers: readonly Host[]): Promise<void> {
  const set = (host: Host, ...settings: string[]) =>
    host.run('sysctl', '-qw', ...settings);
  await set(director, 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
  for (const link of ['all', 'eth0']) {
    await set(director, `net.ipv4.conf.${link}.send_redirects=0`);
    for (const host of servers)
      for (const ip of ['ipv4', 'ipv6'])
        await set(host, `net.${ip}.conf.${link}.accept_redirects=0`);
  }
  for (const host of servers) {
    await host.run('ip', 'route', 'add', '10.1.1.100', 'via', '10.1.1.2');
    await host.run('ip', '-6', 'route', 'add', '2001:db8::100', 'via', '2001:db8::2');
  }
}

/** Takes what the daemon's `logger` sends to /dev/log. */
async function startSyslog(host: Host): Promise<void> {
  const socket = join(host.folder, 'dev', 'log');
  const child = host.spawn('perl', [SYSLOG, socket, join(host.folder, 'syslog')], {
    stdio: 'ignore',
  });
  const failed = once(child, 'exit').then(() => {
    throw new Error('the syslog of the lab ended');
  });
  failed.catch(() => {});
  while (!(await exists(socket))) await Promise.race([sleep(10), failed]);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
