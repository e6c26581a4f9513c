import { BlockList, isIPv6 } from 'node:net';
import type { Config } from '../../lib/config/config.ts';
import { portHolder } from '../../lib/engines/net/listening/port-holder.ts';
import { endpoint } from '../../lib/model/address.ts';
import { createWebServer, type Place, type WebServer } from './web-server.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** One web server for each real server of the config that is on loopback, in its order. */
export function webServersFor(config: Config): readonly WebServer[] {
  const places = new Map<string, Place>();
  for (const { reals } of config.virtuals)
    for (const { id, address, port } of reals)
      if (isLoopback(address)) places.set(id, { address, port });
  return [...places.values()].map((place, i) =>
    createWebServer(`server ${i + 1}`, place),
  );
}

/** @throws in words for who runs it, when another program holds a port */
export async function startAll(servers: readonly WebServer[]): Promise<void> {
  for (const server of servers) {
    try {
      await server.start();
    } catch (error) {
      throw new Error(await explain(error, server.place), { cause: error });
    }
  }
}

export async function stopAll(servers: readonly WebServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}

/** Whether the director will find the places of its virtual services free.
 *  @throws as {@link startAll} */
export async function checkFree(config: Config): Promise<void> {
  for (const { address, port } of config.virtuals) {
    if (address === undefined || port === undefined) continue;
    const holder = await portHolder({ address, port }, '/proc');
    if (holder)
      throw new Error(await explain({ code: 'EADDRINUSE' }, { address, port }));
  }
}

async function explain(error: unknown, place: Place): Promise<string> {
  const at = endpoint(place.address, place.port);
  const code = codeOf(error);
  if (code !== 'EADDRINUSE') return `cannot listen on ${at}: ${String(error)}`;
  const holder = await portHolder(place, '/proc');
  const who =
    holder?.pid === undefined
      ? 'another program'
      : `${holder.name} (pid ${holder.pid})`;
  return `${at} is taken by ${who}: end it, or copy examples/quickstart.cf, change its ports and run "npm start -- YOUR.cf"`;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error && 'code' in error ? error.code : undefined;
}

function isLoopback(address: string): boolean {
  return loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
