import type { Logged } from '../../../model/connection-log.ts';
import {
  asksSingly,
  type ServiceOptions,
  type VirtualService,
} from '../../../model/virtual-service.ts';
import type { CarriedNames, CarriedService, Datagrams } from '../protocol.ts';
import { carriedLimits, carriedQueue } from './limits.ts';

/** What workers are told of a service, but for whoever carries it: sockets, records, servers. */
export function carriedOf(
  service: VirtualService,
): Omit<CarriedService, 'listen' | 'home' | 'sockets' | 'record' | 'servers'> {
  const { options } = service;
  const { connectTimeoutMs, halfClosedTimeoutMs, keepaliveMs } = options;
  const { maxAgeMs, maxAgeJitter, sendProxy, acceptProxy } = options;
  const datagrams = datagramsOf(service);
  return {
    id: service.id,
    datagrams,
    family: service.family,
    address: service.address ?? '',
    port: service.port ?? 0,
    askedPort: service.port ?? 0,
    scheduler: service.scheduler,
    flags: service.schedflags?.split(/[,|\s]+/) ?? [],
    persistentMs: service.persistent ? service.persistent * 1000 : undefined,
    netmask: service.netmask,
    connectTimeoutMs,
    idleTimeoutMs: silenceOf(options, datagrams),
    halfClosedTimeoutMs,
    maxAgeMs,
    maxAgeJitter,
    keepaliveMs,
    sources: options.source,
    logged: loggedOf(options),
    sendProxy,
    acceptProxy,
    headerTimeoutMs: options.acceptProxyTimeoutMs,
    names: namesOf(options),
    tellsFailures: options.passive !== undefined,
    limits: carriedLimits(options),
    queue: carriedQueue(service),
    holds: options.serverConnections > 0,
  };
}

/** Which of its connections have a line in the log. */
function loggedOf({ logConnections, dontlognull }: ServiceOptions): Logged {
  if (!logConnections) return 'none';
  return dontlognull ? 'not-null' : 'all';
}

/** How its datagrams are carried; undefined: it is TCP. A DNS client mostly has a new port for each query: as with ops. */
function datagramsOf(service: VirtualService): Datagrams | undefined {
  if (service.protocol !== 'udp') return undefined;
  if (asksSingly(service)) return 'queries';
  return service.ops ? 'exchanges' : 'sessions';
}

/** After which silence a connection, a session or an exchange is over, in milliseconds. */
function silenceOf(options: ServiceOptions, datagrams: Datagrams | undefined): number {
  if (datagrams === undefined) return options.idleTimeoutMs;
  return datagrams === 'sessions'
    ? options.udpIdleTimeoutMs
    : options.udpAnswerTimeoutMs;
}

/** Where names lead; undefined: nobody is asked for one. */
function namesOf(options: ServiceOptions): CarriedNames | undefined {
  const { sni, sniDefault, sniTimeoutMs } = options;
  if (sni.length === 0) return undefined;
  const targets = sni.map(({ name, service }) => [name, service] as const);
  return { targets, servesRest: sniDefault === 'serve', timeoutMs: sniTimeoutMs };
}
