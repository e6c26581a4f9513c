import type { WebUser } from '../../lib/config/web.ts';
import { createWeb, type Identity, type Web } from '../../lib/control/web/index.ts';
import {
  type Desk,
  type Drained,
  NotFound,
  NotPossible,
} from '../../lib/director/desk.ts';
import { audited, granted } from '../../lib/director/wishes.ts';
import type { DirectorEvent, Happening } from '../../lib/model/event.ts';
import type { Override, RealRef, Wish } from '../../lib/model/override.ts';
import type {
  CheckRecord,
  RealStatus,
  ServiceStatus,
  StatusDocument,
} from '../../lib/model/status.ts';
import { type RecordingLog, recordingLog } from './recording-log.ts';
import { realStatus, serviceStatus, statusDocument } from './status.ts';

/** A director that is none: it is what a test says it is, and takes changes as a real one does. */
export interface WebDouble {
  readonly desk: Desk;
  status(checks: number): Promise<StatusDocument>;
  /** Collections so far. */
  readonly collected: number;
  /** Puts other fields into a real server's status. */
  set(ref: RealRef, fields: Partial<RealStatus>): void;
  setService(id: string, fields: Partial<ServiceStatus>): void;
  setHead(fields: Partial<StatusDocument>): void;
  real(ref: RealRef): RealStatus;
  happen(what: Happening): void;
  /** Every collection calls it before: to make traffic. */
  before: () => void;
  /** What was ordered, in lines: `anna: weight 5 of 10.1.1.21:80`. */
  readonly orders: string[];
}

const CHECK: CheckRecord = {
  at: '2026-11-23T20:00:00.000Z',
  durationMs: 3,
  up: true,
  made: 'negotiate',
  message: '200 OK',
};

export function webDouble(
  services: readonly ServiceStatus[] = [serviceStatus()],
): WebDouble {
  let document = statusDocument({ services });
  let collected = 0;
  const orders: string[] = [];
  const events: DirectorEvent[] = [];
  const observers = new Set<(event: DirectorEvent) => void>();

  const double: WebDouble = {
    orders,
    before: () => {},
    get collected() {
      return collected;
    },
    async status(checks) {
      collected++;
      double.before();
      if (checks === 0) return document;
      const withChecks = (real: RealStatus) => ({
        ...real,
        checks: Array.from({ length: checks }, (_, n) => ({
          ...CHECK,
          up: n !== 1,
          message: n === 1 ? '503 Service Unavailable' : CHECK.message,
        })),
      });
      const services = document.services.map((service) => {
        return { ...service, reals: service.reals.map(withChecks) };
      });
      return { ...document, services };
    },
    real: (ref) => find(document, ref),
    set(ref, fields) {
      find(document, ref);
      double.setService(ref.service, {
        reals: document.services
          .filter(({ id }) => id === ref.service)
          .flatMap(({ reals }) => reals)
          .map((real) => (real.id === ref.real ? { ...real, ...fields } : real)),
      });
    },
    setService(id, fields) {
      const services = document.services.map((service) =>
        service.id === id ? { ...service, ...fields } : service,
      );
      document = { ...document, services };
    },
    setHead(fields) {
      document = { ...document, ...fields };
    },
    happen(what) {
      const event = { ...what, id: events.length + 1, at: new Date().toISOString() };
      events.push(event);
      for (const observer of observers) observer(event);
    },
    desk: undefined as never as Desk, // below, since it needs all this
  };
  return Object.assign(double, { desk: deskOf(double, { events, observers }) });
}

interface Happenings {
  readonly events: readonly DirectorEvent[];
  readonly observers: Set<(event: DirectorEvent) => void>;
}

function deskOf(double: WebDouble, { events, observers }: Happenings): Desk {
  const waiting = new Map<string, (error: Error) => void>();

  function change(ref: RealRef, wish: Wish, by: string) {
    const real = double.real(ref);
    if (real.fallback) throw new NotPossible(`${ref.real} is the fallback`);
    if (wish.state)
      waiting.get(ref.real)?.(new NotPossible('it was changed meanwhile'));
    const before = real.override;
    const { configuredWeight } = real;
    const old = before ?? undefined;
    const after = granted(old, configuredWeight, wish, { by, at: Date.now() });
    double.set(ref, { ...looks(after, configuredWeight), override: after ?? null });
    for (const audit of audited(old, after, configuredWeight)) {
      double.orders.push(
        `${by}: ${audit.what} of ${ref.real}: ${audit.old} -> ${audit.new}`,
      );
      double.happen({ type: 'change', by, ...ref, ...audit });
    }
    return { ...ref, before, after: after ?? null };
  }

  return {
    change: async (ref, wish, by) => change(ref, wish, by),
    drain(ref, { withinMs, by }) {
      change(ref, { state: 'drain' }, by);
      double.orders.push(`${by}: drain ${ref.real} within ${withinMs / 1000} s`);
      return new Promise<Drained>((resolve, reject) => {
        waiting.set(ref.real, reject);
        setTimeout(() => {
          waiting.delete(ref.real);
          const { activeConnections } = double.real(ref);
          double.set(ref, { activeConnections: 0 });
          resolve({ ended: activeConnections, forgotten: 0, seconds: withinMs / 1000 });
        }, withinMs).unref();
      });
    },
    connections: async () => ({ items: [], total: 0 }),
    persistence: async () => ({ items: [], total: 0 }),
    end: async () => 0,
    forget: async () => 0,
    events: {
      since: (id) => events.filter((event) => event.id > id),
      observe(on) {
        observers.add(on);
        return { [Symbol.dispose]: () => void observers.delete(on) };
      },
    },
  };
}

function looks(override: Override | undefined, weight: number): Partial<RealStatus> {
  const since = new Date().toISOString();
  if (override === undefined || override.state === 'ready')
    return { state: 'up', weight: override?.weight ?? weight, since };
  return { state: override.state, weight: 0, since };
}

function find({ services }: StatusDocument, { service, real }: RealRef): RealStatus {
  const found = services
    .find(({ id }) => id === service)
    ?.reals.find(({ id }) => id === real);
  if (!found) throw new NotFound(`there is no real server ${real} in ${service}`);
  return found;
}

/** Many services of many real servers, some of them in trouble; see {@link trafficIn}. */
export function manyServices(
  services: number,
  reals: number,
): readonly ServiceStatus[] {
  return Array.from({ length: services }, (_, s) =>
    serviceStatus({
      id: `tcp:10.1.${s}.19:80`,
      address: `10.1.${s}.19`,
      reals: Array.from({ length: reals }, (_, r) =>
        realStatus({ id: `10.2.${s}.${r + 10}:80`, address: `10.2.${s}.${r + 10}` }),
      ),
    }),
  );
}

/** Makes traffic of it, some of every real server's or of none's. */
export function trafficIn(document: StatusDocument): StatusDocument {
  const services = document.services.map((service, s) => ({
    ...service,
    acceptedConnections: service.acceptedConnections + 40,
    reals: service.reals.map((real, r) => {
      if (real.weight === 0) return real;
      const more = Math.round((r + 2) * 6 * (1 + Math.random()) * (1 + (s % 3)));
      return {
        ...real,
        activeConnections: more,
        totalConnections: real.totalConnections + more,
        bytesIn: real.bytesIn + more * 700,
        bytesOut: real.bytesOut + more * 18_000,
      };
    }),
  }));
  return { ...document, services };
}

/** The page before such a director. */
export interface Served {
  readonly web: Web;
  readonly url: string;
  readonly log: RecordingLog;
}

/** On loopback. */
export async function serveDouble(
  double: WebDouble,
  {
    users = [],
    tls,
    port = 0,
  }: { users?: readonly WebUser[]; tls?: Identity; port?: number } = {},
): Promise<Served> {
  const log = recordingLog();
  const { desk } = double;
  const listen = { address: '127.0.0.1', port };
  const status = (checks: number) => double.status(checks);
  const web = await createWeb({ listen, tls, users, status, desk, log });
  return { web, log, url: `http${tls ? 's' : ''}://127.0.0.1:${web.port}` };
}
