import type { CarriedService } from '../../lib/engines/net/protocol.ts';

/** A TCP service of 127.0.0.1, at any free port, as a worker is told of it. */
export const CARRIED: Omit<CarriedService, 'servers'> = {
  id: 'tcp:127.0.0.1:0',
  record: 0,
  datagrams: undefined,
  family: 'inet',
  address: '127.0.0.1',
  port: 0,
  scheduler: 'rr',
  flags: [],
  persistentMs: undefined,
  netmask: undefined,
  connectTimeoutMs: 3000,
  idleTimeoutMs: 60_000,
  halfClosedTimeoutMs: 60_000,
  logged: 'none',
  sendProxy: undefined,
  acceptProxy: [],
  headerTimeoutMs: 3000,
  askedPort: 0,
  limits: undefined,
  queue: undefined,
  holds: false,
  listen: true,
  home: undefined,
  sockets: [],
};
