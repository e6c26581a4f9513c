import type { Logged } from '../../../model/connection-log.ts';
import {
  asksSingly,
  type ServiceOptions,
  type VirtualService,
} from '../../../model/virtual-service.ts';
import type { Datagrams } from '../protocol.ts';

/** Which of its connections have a line in the log. */
export function loggedOf({ logConnections, dontlognull }: ServiceOptions): Logged {
  if (!logConnections) return 'none';
  return dontlognull ? 'not-null' : 'all';
}

/** How it carries UDP; undefined: it is TCP. A DNS client mostly has a new port for each query: as with ops. */
export function datagramsOf(service: VirtualService): Datagrams | undefined {
  if (service.protocol !== 'udp') return undefined;
  if (asksSingly(service)) return 'queries';
  return service.ops ? 'exchanges' : 'sessions';
}

/** How long a connection, a session or an answer may be silent, in milliseconds. */
export function silenceOf(
  options: ServiceOptions,
  datagrams: Datagrams | undefined,
): number {
  if (datagrams === undefined) return options.idleTimeoutMs;
  return datagrams === 'sessions'
    ? options.udpIdleTimeoutMs
    : options.udpAnswerTimeoutMs;
}
