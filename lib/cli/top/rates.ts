import type { RealStatus, ServiceStatus, StatusDocument } from '../../model/status.ts';

/** What goes through a service or a real server in a second; undefined until there are two looks. */
export interface Rate {
  readonly connections: number | undefined;
  readonly bytesIn: number | undefined;
  readonly bytesOut: number | undefined;
  /** Connections a second at the last looks, the oldest first. */
  readonly history: readonly number[];
}

interface Counted extends Rate {
  readonly totals: Totals;
}

interface Totals {
  readonly connections: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** All rates at one look. Their keys are {@link keyOf}'s. */
export interface Rates {
  /** Monotonic, milliseconds. */
  readonly at: number;
  readonly rows: ReadonlyMap<string, Counted>;
}

/** As many as the widest terminal shows. */
const MOST_KEPT = 60;

/** Names a service, or a real server in it. */
export function keyOf(service: string, real?: string): string {
  return real === undefined ? service : `${service}/${real}`;
}

/** The rates since the look before. A counter that has gone down, as after a restart, has none. */
export function ratesOf(
  { services }: StatusDocument,
  at: number,
  before: Rates | undefined,
): Rates {
  const seconds = before === undefined ? 0 : (at - before.at) / 1000;
  const rows = new Map<string, Counted>();
  const add = (key: string, totals: Totals) =>
    rows.set(key, counted(totals, before?.rows.get(key), seconds));
  for (const service of services) {
    add(keyOf(service.id), totalsOfService(service));
    for (const real of service.reals) add(keyOf(service.id, real.id), totalsOf(real));
  }
  return { at, rows };
}

function counted(totals: Totals, last: Counted | undefined, seconds: number): Counted {
  const grown = (name: keyof Totals) => {
    const more = last === undefined ? -1 : totals[name] - last.totals[name];
    return more >= 0 && seconds > 0 ? more / seconds : undefined;
  };
  const connections = grown('connections');
  const history = last?.history ?? [];
  return {
    totals,
    connections,
    bytesIn: grown('bytesIn'),
    bytesOut: grown('bytesOut'),
    history:
      connections === undefined ? history : [...history, connections].slice(-MOST_KEPT),
  };
}

function totalsOf({ totalConnections, bytesIn, bytesOut }: RealStatus): Totals {
  return { connections: totalConnections, bytesIn, bytesOut };
}

/** Of a service all that came, be it led to a server or not. */
function totalsOfService({ acceptedConnections, reals }: ServiceStatus): Totals {
  const sum = (of: (real: RealStatus) => number) =>
    reals.reduce((all, real) => all + of(real), 0);
  return {
    connections: Math.max(
      acceptedConnections,
      sum(({ totalConnections }) => totalConnections),
    ),
    bytesIn: sum(({ bytesIn }) => bytesIn),
    bytesOut: sum(({ bytesOut }) => bytesOut),
  };
}
