import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { addNamespace, namespaceOf } from '../namespaces.ts';

const run = promisify(execFile);

/** From the client through a host of its own, which routes, to both real servers: what one subject does
 *  there, or its kernel, costs no other anything. */
export interface Way {
  /** The host in between. */
  readonly host: string;
  /** Its address for clients. */
  readonly service: string;
  /** The real servers, as that host and the client reach them. */
  readonly reals: readonly string[];
}

export const CLIENT = 'client';
export const REALS = ['real1', 'real2'] as const;

const FORWARDS = 'net.ipv4.ip_forward=1';
/** Who opens connections has ports enough for all that a measurement makes, and takes those again that
 *  wait out their time, as on loopback. */
const PORTS = ['net.ipv4.ip_local_port_range=1024 65535', 'net.ipv4.tcp_tw_reuse=1'];

/** A pair of interfaces between a host and the one in between. */
interface Link {
  /** The host at the end. */
  readonly end: string;
  /** Its interface is numbered as the way, the other one after the host. */
  readonly address: string;
  readonly middle: string;
}

/** Way n has a block of four networks, for the client and each real server one, out of those that are
 *  set aside for benchmarks. Source: RFC 2544, appendix C.2.2. */
const WAYS = 64;
const block = (n: number) => `198.18.${4 * n}.0/22`;
const address = (n: number, link: number, host: number) =>
  `198.18.${4 * n + link}.${host}`;

function linksOf(n: number): readonly Link[] {
  return [CLIENT, ...REALS].map((end, link) => ({
    end,
    address: address(n, link, 2),
    middle: address(n, link, 1),
  }));
}

/** Makes all hosts in namespaces of their own, and a way for each name. Needs root; the run's guard
 *  removes them.
 *  @param names  64 at most */
export async function buildNetwork(
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Way[]> {
  if (names.length > WAYS) throw new RangeError(`${names.length} ways`);
  for (const host of [CLIENT, ...REALS]) await addHost(host);
  const ways: Way[] = [];
  for (const [n, name] of names.entries()) {
    signal.throwIfAborted();
    ways.push(await addWay(n, name));
  }
  return ways;
}

async function addWay(n: number, name: string): Promise<Way> {
  const host = `by-${name.replaceAll(' ', '-')}`;
  const service = address(n, 0, 10);
  await addHost(host);
  await set(host, FORWARDS);
  for (const link of linksOf(n)) await addLink(n, host, link);
  await inside(host, 'address', 'add', `${service}/24`, 'dev', CLIENT);
  return { host, service, reals: REALS.map((_, real) => address(n, real + 1, 2)) };
}

async function addHost(host: string): Promise<void> {
  await addNamespace(host);
  await inside(host, 'link', 'set', 'lo', 'up');
  await set(host, ...PORTS);
}

async function set(host: string, ...values: readonly string[]): Promise<void> {
  await run('ip', ['netns', 'exec', namespaceOf(host), 'sysctl', '-qw', ...values]);
}

async function addLink(n: number, host: string, link: Link) {
  const name = `way${n}`;
  const { end, address: near, middle } = link;
  const pair = ['netns', namespaceOf(end), 'type', 'veth', 'peer', 'name', end];
  await run('ip', ['link', 'add', name, ...pair, 'netns', namespaceOf(host)]);
  await inside(end, 'address', 'add', `${near}/24`, 'dev', name);
  await inside(host, 'address', 'add', `${middle}/24`, 'dev', end);
  await inside(end, 'link', 'set', name, 'up');
  await inside(host, 'link', 'set', end, 'up');
  await inside(end, 'route', 'add', block(n), 'via', middle);
}

async function inside(host: string, ...words: readonly string[]): Promise<void> {
  await run('ip', ['-n', namespaceOf(host), ...words]);
}
