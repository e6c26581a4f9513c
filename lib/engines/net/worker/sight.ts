import type { Socket } from 'node:net';
import { endpoint } from '../../../model/address.ts';
import type { Ends } from '../../../model/proxy-header.ts';
import type { Connection } from '../../../model/traffic.ts';
import type { RealServer } from './real-server.ts';
import type { TimerWheel } from './timer-wheel.ts';

/** A client's connection as it is now. */
export interface Sight
  extends Pick<
    Connection,
    'service' | 'client' | 'protocol' | 'state' | 'bytesIn' | 'bytesOut'
  > {
  readonly server: RealServer;
  readonly began: Tenths;
}

/** How far a TCP connection is. */
export type State = 'waiting' | 'dialling' | 'open' | 'half-closed' | 'ended';

/** As operators see it. */
const SEEN: Readonly<Record<State, Connection['state']>> = {
  waiting: 'opening',
  dialling: 'opening',
  open: 'open',
  'half-closed': 'half-closed',
  ended: 'closing',
};

/** Of a TCP connection.
 *  @param client  its socket
 *  @param ends    whose it is: the socket's peer, or whom its header announced
 *  @param server  the socket to the server, once there is one
 *  @returns       undefined: it goes nowhere yet, or any more */
export function connectionSight(
  { service, at, state, began }: Going,
  ends: Ends,
  client: Socket,
  server: Socket | undefined,
): Sight | undefined {
  const { remoteAddress, remotePort = 0 } = ends;
  if (!at || remoteAddress === undefined) return undefined;
  return {
    service,
    server: at,
    client: endpoint(remoteAddress, remotePort),
    protocol: 'tcp',
    state: SEEN[state],
    began,
    bytesIn: client.bytesRead,
    bytesOut: server?.bytesRead ?? 0,
  };
}

interface Going extends Pick<Sight, 'service' | 'began'> {
  readonly at: RealServer | undefined;
  readonly state: State;
}

interface Spoken {
  /** Its service's id. */
  readonly service: string;
  readonly client: { readonly host: string; readonly port: number };
}

/** Of a UDP session, whose bytes nobody counts.
 *  @param server  where it goes; undefined: nowhere any more */
export function sessionSight(
  { service, client }: Spoken,
  server: RealServer | undefined,
  began: Tenths,
  answered: boolean,
): Sight | undefined {
  if (!server) return undefined;
  return {
    service,
    server,
    client: endpoint(client.host, client.port),
    protocol: 'udp',
    state: answered ? 'open' : 'opening',
    began,
    bytesIn: null,
    bytesOut: null,
  };
}

/** A time on the wheel's clock, in tenths of a second: as a small integer a connection keeps it without
 *  an allocation. */
export type Tenths = number;

const TENTH_MS = 100;

/** As of the wheel's last tick. */
export function tenths({ now }: Pick<TimerWheel, 'now'>): Tenths {
  return (now / TENTH_MS) | 0;
}

/** How long ago that was, in milliseconds.
 *  @param now  on the wheel's clock */
export function sinceMs(began: Tenths, now: number): number {
  return now - began * TENTH_MS;
}
