import type { Logged } from '../../../model/connection-log.ts';
import {
  asksSingly,
  type ServiceOptions,
  type VirtualService,
} from '../../../model/virtual-service.ts';
import type { CarriedNames, Datagrams } from '../protocol.ts';

/** Which of its connections have a line in the log. */
export function loggedOf({ logConnections, dontlognull }: ServiceOptions): Logged {
  if (!logConnections) return 'none';
  return dontlognull ? 'not-null' : 'all';
}

/** How its datagrams are carried; undefined: it is TCP. A DNS client mostly has a new port for each query: as with ops. */
export function datagramsOf(service: VirtualService): Datagrams | undefined {
  if (service.protocol !== 'udp') return undefined;
  if (asksSingly(service)) return 'queries';
  return service.ops ? 'exchanges' : 'sessions';
}

/** After which silence a connection, a session or an exchange is over, in milliseconds. */
export function silenceOf(
  options: ServiceOptions,
  datagrams: Datagrams | undefined,
): number {
  if (datagrams === undefined) return options.idleTimeoutMs;
  return datagrams === 'sessions'
    ? options.udpIdleTimeoutMs
    : options.udpAnswerTimeoutMs;
}

/** Where names lead; undefined: nobody is asked for one. */
export function namesOf(options: ServiceOptions): CarriedNames | undefined {
  const { sni, sniDefault, sniTimeoutMs } = options;
  if (sni.length === 0) return undefined;
  const targets = sni.map(({ name, service }) => [name, service] as const);
  return { targets, servesRest: sniDefault === 'serve', timeoutMs: sniTimeoutMs };
}
