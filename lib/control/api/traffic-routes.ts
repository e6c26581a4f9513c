import type { Desk } from '../../director/desk.ts';
import type { ConnectionFilter, PersistenceFilter } from '../../model/traffic.ts';
import { type Route, refused } from '../routes.ts';
import { wholeNumber, words } from './query.ts';
import { row } from './row.ts';
import { CONNECTIONS, ENDED, ENTRIES, FORGOTTEN } from './traffic-shapes.ts';

const LISTED = 1_000;
const MOST_LISTED = 10_000;

const OF_SERVER = {
  service: words("a virtual service's", 'its id', 'tcp:10.1.1.19:80'),
  server: words("a real server's or fallback's", 'its id', '10.1.1.21:80'),
};
const OF_CLIENT = {
  ...OF_SERVER,
  client: words("a client's", 'its address', '192.0.2.7'),
};
const MOST = {
  most: wholeNumber(
    { least: 0, most: MOST_LISTED },
    `listed at most; ${LISTED} unless told`,
    LISTED,
  ),
};

/** Clients that are connected, or persist. */
export function trafficRoutes(desk: Desk): readonly Route[] {
  return [...connectionRoutes(desk), ...persistenceRoutes(desk)];
}

function connectionRoutes(desk: Desk): readonly Route[] {
  return [
    row({
      method: 'GET',
      path: '/v1/connections',
      summary: 'connections of clients',
      query: { ...OF_SERVER, ...MOST },
      answer: CONNECTIONS,
      refusals: [404],
      async handle({ query: { most = LISTED, ...filter } }) {
        const { items, total } = await desk.connections(filter, most);
        return { connections: items, total };
      },
    }),
    row({
      method: 'DELETE',
      path: '/v1/connections',
      summary: 'ends all connections of a virtual service or real server',
      query: OF_SERVER,
      answer: ENDED,
      refusals: [404],
      handle: async ({ query, by }) => ({ ended: await desk.end(some(query), by) }),
    }),
    row({
      method: 'DELETE',
      path: '/v1/connections/{id}',
      summary: 'ends one connection',
      query: {},
      answer: ENDED,
      refusals: [404],
      handle: async ({ ids: { id }, by }) => ({ ended: await desk.end({ id }, by) }),
    }),
  ];
}

function persistenceRoutes(desk: Desk): readonly Route[] {
  return [
    row({
      method: 'GET',
      path: '/v1/persistence',
      summary: 'clients that go to the same real server again',
      query: { ...OF_CLIENT, ...MOST },
      answer: ENTRIES,
      refusals: [404],
      async handle({ query: { most = LISTED, ...filter } }) {
        const { items, total } = await desk.persistence(filter, most);
        return { persistence: items, total };
      },
    }),
    row({
      method: 'DELETE',
      path: '/v1/persistence',
      summary: 'has clients scheduled anew at their next connection',
      query: OF_CLIENT,
      answer: FORGOTTEN,
      refusals: [404],
      handle: async ({ query, by }) => ({
        forgotten: await desk.forget(some(query), by),
      }),
    }),
  ];
}

/** A filter that leaves something out: nobody means all of it who names nothing. */
function some<F extends ConnectionFilter | PersistenceFilter>(filter: F): F {
  if (Object.values(filter).some((value) => value !== undefined)) return filter;
  const names = Object.keys(filter).map((name) => `?${name}=`);
  throw refused(400, `of which: expected one at least of ${names.join(', ')}`);
}
