import type { RealStatus, ServiceStatus } from '../../../model/status.ts';
import type { Changes, Head, Picture } from '../wire.ts';
import { createHistory, type History } from './history.ts';

/** A real server, as far as it is known now. */
export interface KnownReal {
  readonly service: string;
  status: RealStatus;
  readonly connections: History;
  readonly bytesIn: History;
  readonly bytesOut: History;
}

export interface KnownService {
  status: ServiceStatus;
  readonly reals: ReadonlyMap<string, KnownReal>;
}

/** What is known of the director. */
export interface Known {
  readonly head: Head;
  readonly services: ReadonlyMap<string, KnownService>;
  /** Connections of all real servers. */
  readonly connections: History;
}

/** All of it anew; what was counted before goes on. */
export function fromPicture(picture: Picture, before: Known | undefined): Known {
  const services = picture.services.map((status) => {
    const old = before?.services.get(status.id);
    const reals = status.reals.map((real) => {
      const known = old?.reals.get(real.id) ?? newReal(status.id, real);
      known.status = real;
      return [real.id, known] as const;
    });
    return [status.id, { status, reals: new Map(reals) }] as const;
  });
  const connections = before?.connections ?? createHistory();
  const known = { head: picture.head, services: new Map(services), connections };
  takeAll(known, picture.t);
  return known;
}

function newReal(service: string, status: RealStatus): KnownReal {
  const [connections, bytesIn, bytesOut] = [
    createHistory(),
    createHistory(),
    createHistory(),
  ];
  return { service, status, connections, bytesIn, bytesOut };
}

/** Puts in what has changed. @returns how it is now */
export function withChanges(known: Known, changes: Changes): Known {
  for (const [id, fields] of Object.entries(changes.services)) {
    const service = known.services.get(id);
    if (service) service.status = { ...service.status, ...fields };
  }
  for (const [id, below] of Object.entries(changes.reals)) {
    const service = known.services.get(id);
    for (const [realId, fields] of Object.entries(below)) {
      const real = service?.reals.get(realId);
      if (real) real.status = { ...real.status, ...fields };
    }
  }
  takeAll(known, changes.t);
  return { ...known, head: { ...known.head, ...changes.head } };
}

function takeAll(known: Known, t: number): void {
  let total = 0;
  for (const service of known.services.values())
    for (const real of service.reals.values()) {
      const { totalConnections, bytesIn, bytesOut } = real.status;
      real.connections.take(totalConnections, t);
      real.bytesIn.take(bytesIn, t);
      real.bytesOut.take(bytesOut, t);
      total += totalConnections;
    }
  known.connections.take(total, t);
}

/** What a service's real servers make together. */
export interface Sums {
  readonly up: number;
  /** Without spares and fallbacks. */
  readonly reals: number;
  readonly open: number;
  /** A second. */
  readonly connections: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export function sums(services: Iterable<KnownService>): Sums {
  const sum = { up: 0, reals: 0, open: 0, connections: 0, bytesIn: 0, bytesOut: 0 };
  for (const service of services)
    for (const { status, connections, bytesIn, bytesOut } of service.reals.values()) {
      if (status.role === 'real') sum.reals++;
      if (status.role === 'real' && status.state === 'up') sum.up++;
      sum.open += status.activeConnections;
      sum.connections += connections.now();
      sum.bytesIn += bytesIn.now();
      sum.bytesOut += bytesOut.now();
    }
  return sum;
}

/** Somebody should look at it. */
export function needsAttention({ status }: KnownReal): boolean {
  const { state, override, check, fallback, role } = status;
  if (fallback) return status.weight > 0;
  return (
    state !== (role === 'real' ? 'up' : 'standby') ||
    override !== null ||
    (check?.certificate?.problem ?? null) !== null
  );
}
