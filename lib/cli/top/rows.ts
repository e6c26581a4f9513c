import type { RealStatus, ServiceStatus, StatusDocument } from '../../model/status.ts';
import { openOf } from '../drain.ts';
import { keyOf, type Rate, type Rates } from './rates.ts';

/** A line of the list: a service, or a real server below it. */
export interface Row {
  readonly key: string;
  readonly service: ServiceStatus;
  /** Undefined: the service itself. */
  readonly real: RealStatus | undefined;
  readonly rate: Rate;
}

/** In which order the list can be. */
export const SORTS = ['file', 'connections/s', 'connections', 'state', 'name'] as const;
export type Sort = (typeof SORTS)[number];

const NO_RATE: Rate = {
  connections: undefined,
  bytesIn: undefined,
  bytesOut: undefined,
  history: [],
};

/** What the list shows: services, and below each its real servers, both in that order. A service
 *  that the filter fits has all its servers; of others those that it fits. */
export function rowsOf(
  { services }: StatusDocument,
  rates: Rates | undefined,
  { filter, sort }: { readonly filter: string; readonly sort: Sort },
): readonly Row[] {
  const row = (service: ServiceStatus, real?: RealStatus): Row => {
    const key = keyOf(service.id, real?.id);
    return { key, service, real, rate: rates?.rows.get(key) ?? NO_RATE };
  };
  const order = ORDERS[sort];
  const groups = services.map((service) => {
    const head = row(service);
    const whole = fits(head, filter);
    const reals = service.reals.map((real) => row(service, real));
    const shown = whole ? reals : reals.filter((each) => fits(each, filter));
    return { head, shown: order ? shown.toSorted(order) : shown, whole };
  });
  const visible = groups.filter(({ whole, shown }) => whole || shown.length > 0);
  const sorted = order ? visible.toSorted((a, b) => order(a.head, b.head)) : visible;
  return sorted.flatMap(({ head, shown }) => [head, ...shown]);
}

/** All words of the filter are in its id or its state. */
function fits({ service, real }: Row, filter: string): boolean {
  const { id, state } = real ?? service;
  const text = `${id} ${state}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(' ')
    .every((word) => text.includes(word));
}

type Order = (a: Row, b: Row) => number;

/** Undefined: as the file has them. */
const ORDERS: Readonly<Record<Sort, Order | undefined>> = {
  file: undefined,
  'connections/s': (a, b) => (b.rate.connections ?? 0) - (a.rate.connections ?? 0),
  connections: (a, b) => connectionsOf(b) - connectionsOf(a),
  state: (a, b) => trouble(a) - trouble(b),
  name: (a, b) => idOf(a).localeCompare(idOf(b), 'en', { numeric: true }),
};

/** What needs somebody comes first. */
const TROUBLE = [
  'failed',
  'panic',
  'down',
  'fallback',
  'waiting-for-address',
  'drain',
  'maintenance',
  'starting',
];

function trouble(row: Row): number {
  const at = TROUBLE.indexOf((row.real ?? row.service).state);
  return at < 0 ? TROUBLE.length : at;
}

function idOf({ service, real }: Row): string {
  return (real ?? service).id;
}

/** Connections that are open, of a service all its servers'. */
export function connectionsOf({ service, real }: Row): number {
  const reals = real === undefined ? service.reals : [real];
  return reals.reduce((sum, each) => sum + openOf(each), 0);
}
