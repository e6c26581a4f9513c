import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { createNetEngine } from '../../lib/engines/net/engine.ts';
import { createNftablesEngine } from '../../lib/engines/nftables/engine.ts';
import type { NftablesOptions } from '../../lib/engines/nftables/options.ts';
import type { Engine, ServerEntry, ServiceEntry } from '../../lib/model/engine.ts';
import type {
  ServiceOptions,
  VirtualService,
} from '../../lib/model/virtual-service.ts';
import { createNetwork, type Host } from '../lab/network.ts';
import { aReal, aService, OPTIONS } from './config.ts';
import { serverAt } from './engine-rig.ts';

/** A director that forwards, two servers that answer through it with their name and the client's
 *  address (TCP 80 and 81, UDP 53), and a client; IPv4 and IPv6. */
export interface KernelStage {
  readonly director: Host;
  readonly web1: Host;
  readonly web2: Host;
  readonly client: Host;
  /** Words that bring a program to the director. */
  readonly enter: readonly string[];
  /** An engine on the director, closed with the test. */
  engine(options?: Partial<NftablesOptions>): Engine;
  /** `nft WORDS` on the director. */
  nft(...words: readonly string[]): Promise<string>;
}

export const VIP = '10.1.1.19';
export const VIP6 = '2001:db8::19';
export const WEB1 = '10.1.1.21';
export const WEB2 = '10.1.1.22';

/** As procfs says it of a host that forwards and tracks connections, and forgets them when they are
 *  over. */
export const FORWARDS = {
  ipv4: { ip_forward: '1\n' },
  ipv6: { conf: { all: { forwarding: '1\n' } } },
  netfilter: {
    nf_conntrack_count: '0\n',
    nf_conntrack_tcp_timeout_time_wait: '0\n',
    nf_conntrack_tcp_timeout_fin_wait: '0\n',
  },
};

/** Builds it; it goes with the test. */
export async function kernelStage(t: Test): Promise<KernelStage> {
  t.setTimeout(120_000);
  const network = await createNetwork();
  t.teardown(() => network.close());
  const host = (name: string, number: number, ...more: string[]) =>
    network.host(name, `10.1.1.${number}/24`, `2001:db8::${number}/64`, ...more);
  const director = await host('director', 2, `${VIP}/24`, `${VIP6}/64`);
  const [web1, web2] = [await host('web1', 21), await host('web2', 22)];
  const client = await host('client', 100);
  await director.run(
    'sysctl',
    '-qw',
    'net.ipv4.ip_forward=1',
    'net.ipv6.conf.all.forwarding=1',
  );
  await quiet(director, 'ipv4', 'send_redirects');
  for (const web of [web1, web2]) {
    await quiet(web, 'ipv4', 'accept_redirects');
    await quiet(web, 'ipv6', 'accept_redirects');
    await routeBack(web, 'add');
    await serve(web);
  }
  const enter = ['ip', 'netns', 'exec', director.namespace];
  const proc = t.testdir({ sys: { net: FORWARDS } });
  return {
    director,
    web1,
    web2,
    client,
    enter,
    engine(options = {}) {
      const engine = createNftablesEngine({
        ...{ enter, proc, instance: 'test', createHome: createNetEngine },
        ...options,
      });
      t.teardown(() => engine.close({ clean: true }));
      return engine;
    },
    nft: (...words) => director.run('nft', ...words),
  };
}

/** The server's way to the client through the director. */
export async function routeBack(web: Host, verb: 'add' | 'delete'): Promise<void> {
  await web.run('ip', 'route', verb, '10.1.1.100', 'via', '10.1.1.2');
  await web.run('ip', '-6', 'route', verb, '2001:db8::100', 'via', '2001:db8::2');
}

/** Has the host's connection tracking forget what is over after a second, not two minutes. */
export async function forgetsSoon(host: Host): Promise<void> {
  for (const state of ['time_wait', 'fin_wait'])
    await host.run(
      'sysctl',
      '-qw',
      `net.netfilter.nf_conntrack_tcp_timeout_${state}=1`,
    );
}

async function quiet(host: Host, ip: string, key: string): Promise<void> {
  for (const link of ['all', 'eth0'])
    await host.run('sysctl', '-qw', `net.ipv${ip.slice(3)}.conf.${link}.${key}=0`);
}

async function serve(web: Host): Promise<void> {
  const answer = `SYSTEM:echo ${web.name} $SOCAT_PEERADDR; cat`;
  for (const port of [80, 81])
    web.spawn('socat', [
      `TCP6-LISTEN:${port},fork,reuseaddr,ipv6only=0,backlog=100`,
      answer,
    ]);
  web.spawn('socat', [
    'UDP6-RECVFROM:53,fork,ipv6only=0',
    `SYSTEM:read word; echo ${web.name}`,
  ]);
  for (const port of [80, 81]) await listening(web, 'tcp6', port);
  await listening(web, 'udp6', 53);
}

/** Until a socket of the host is at the port. */
export async function listening(web: Host, table: string, port: number): Promise<void> {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  while (!(await web.run('cat', `/proc/net/${table}`)).includes(hex)) await sleep(20);
}

/** `web1`, or what went wrong: `refused`, `reset`, `nothing`. */
export async function ask(from: Host, where: string): Promise<string> {
  return (await answer(from, where)).split(' ')[0] ?? '';
}

/** `web1 10.1.1.100`, in IPv4's words where it is that.
 *  @param where  socat's address: `TCP:10.1.1.19:80` */
export async function answer(from: Host, where: string): Promise<string> {
  const udp = where.startsWith('UDP');
  const wait = udp ? '3' : '10';
  const quiet = ['-t', wait, '-T', wait];
  try {
    const script = `echo hello | socat ${quiet.join(' ')} - ${where}${udp ? '' : ',connect-timeout=2'}`;
    const said = await from.run('sh', '-c', script);
    return (
      said
        .split('\n')[0]
        ?.replace('[0000:0000:0000:0000:0000:ffff:0a01:0164]', '10.1.1.100') ||
      'nothing'
    );
  } catch (error) {
    const words = String((error as { stderr?: string }).stderr); // execFile's error has it.
    if (words.includes('refused')) return 'refused';
    return words.includes('reset') ? 'reset' : 'nothing';
  }
}

/** Asks so often, one after the other. */
export async function asks(
  from: Host,
  where: string,
  count: number,
): Promise<string[]> {
  const answers: string[] = [];
  for (let i = 0; i < count; i++) answers.push(await ask(from, where));
  return answers;
}

/** A connection that stays open. */
export interface Held {
  /** First line that came: whose it is. */
  readonly server: string;
  /** @returns what comes back: the same, or `end` of the connection, or `reset` */
  say(word: string): Promise<string>;
  /** @returns the same, though it says nothing */
  hear(): Promise<string>;
  /** The client closes it. */
  end(): void;
}

export async function hold(from: Host, where: string): Promise<Held> {
  const child = from.spawn('socat', ['-d', '-t', '0.5', '-', where], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { stdin, stdout, stderr } = child as {
    readonly stdin: Writable;
    readonly stdout: Readable;
    readonly stderr: Readable;
  };
  stdin.on('error', () => {});
  let words = '';
  stderr.on('data', (bytes) => {
    words += bytes;
  });
  const next = async () => {
    const line = once(stdout, 'data').then(([bytes]) => String(bytes).trim());
    const end = once(child, 'close').then(() =>
      words.includes('reset by peer') ? 'reset' : 'end',
    );
    const late = sleep(10_000, 'silence', { ref: false });
    return Promise.race([line, end, late]);
  };
  const server = (await next()).split(' ')[0] ?? '';
  return {
    server,
    say(word) {
      stdin.write(`${word}\n`);
      return next();
    },
    hear: next,
    end: () => stdin.end(),
  };
}

/** A service of the stage with both servers in force, as a config would give it.
 *  @param servers  what is in force; by default both servers at the service's port */
export function entry(
  fields: Partial<VirtualService> = {},
  servers?: readonly ServerEntry[],
  options: Partial<ServiceOptions> = {},
): ServiceEntry {
  const service = aService({ scheduler: 'rr', ...fields });
  const inForce =
    servers ?? [WEB1, WEB2].map((address) => serverAt(address, service.port ?? 0));
  const reals = inForce.map(({ address, port }) =>
    aReal(port ? `${address}:${port}` : `${address}:0`),
  );
  return {
    service: {
      ...service,
      reals,
      ...fields,
      options: { ...OPTIONS, engine: 'nftables', ...options },
    },
    servers: inForce,
  };
}

/** Open connections of each server of the engine's first service. */
export async function activeOf(engine: Engine): Promise<readonly number[]> {
  const [stats] = await engine.stats();
  return stats?.servers.map(({ activeConnections }) => activeConnections) ?? [];
}
