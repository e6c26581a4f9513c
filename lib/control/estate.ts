import { createServer } from 'node:http';
import type { WaitingDrain } from '../director/desk.ts';
import type { LeftServer } from '../director/elder-cuts.ts';
import type { Log } from '../model/log.ts';
import type { Connection, ConnectionFilter, Traffic } from '../model/traffic.ts';
import { answerRequests } from './answer.ts';
import { wholeNumber, words } from './api/query.ts';
import { row } from './api/row.ts';
import { amount, count, flag, list, object, optional, text } from './api/shape.ts';
import { CONNECTION } from './api/traffic-shapes.ts';
import { type Call, type ConnectionList, withQuery } from './calls.ts';
import { boundClients } from './clients.ts';
import type { Route } from './routes.ts';
import { listenAt } from './socket-file.ts';

/** What a director had begun when it handed over. */
export interface Begun {
  readonly drains: readonly WaitingDrain[];
  /** As `execute=` lines name them. */
  readonly children: readonly string[];
}

/** What a director leaves to its successors, who ask for it. */
export interface Estate {
  readonly traffic: Pick<Traffic, 'connections' | 'end'>;
  begun(): Begun;
  servers(): readonly LeftServer[];
  /** Settles when it takes no more clients, and those that persist are on disk. */
  readonly left: Promise<void>;
}

const LIST = object<ConnectionList>(undefined, {
  connections: list<Connection>(CONNECTION),
  total: count(),
});
const ENDED = object<{ readonly ended: number }>(undefined, { ended: count() });
const DRAIN = object<WaitingDrain>(undefined, {
  service: text(),
  real: text(),
  leftMs: amount(),
  by: text(),
});
const BEGUN = object<Begun>(undefined, { drains: list(DRAIN), children: list(text()) });

interface LeftServers {
  readonly servers: readonly LeftServer[];
}

const SERVER = object<LeftServer>(undefined, {
  service: text(),
  server: text(),
  from: optional(text()),
  open: flag(),
  ends: flag(),
});
const SERVERS = object<LeftServers>(undefined, { servers: list(SERVER) });

const NOTHING = object<Readonly<Record<string, never>>>(undefined, {});

/** Requests to one that is open. */
export const ESTATE_CALLS = {
  begun: (): Call<Begun> => ({
    method: 'GET',
    path: '/begun',
    expected: { form: BEGUN, needs: ['drains', 'children'] },
  }),
  servers: (): Call<LeftServers> => ({
    method: 'GET',
    path: '/servers',
    expected: { form: SERVERS, needs: ['servers'] },
  }),
  left: (): Call<Readonly<Record<string, never>>> => ({ method: 'GET', path: '/left' }),
  connections: (filter: ConnectionFilter, most: number): Call<ConnectionList> => ({
    method: 'GET',
    path: withQuery('/connections', { ...filter, most }),
    expected: { form: LIST, needs: ['connections', 'total'] },
  }),
  end: (filter: ConnectionFilter): Call<{ readonly ended: number }> => ({
    method: 'DELETE',
    path: withQuery('/connections', { ...filter }),
    expected: { form: ENDED, needs: ['ended'] },
  }),
} as const;

const LIMITS = {
  most: 64,
  silenceMs: 10_000,
  lifetimeMs: 30_000,
  held: { follower: 0, waiter: 8 },
} as const;
const HTTP = { maxHeaderSize: 8 << 10, requestTimeout: LIMITS.silenceMs } as const;

/** Opens it, for this user alone. Disposing removes the file and drops who asks.
 *  @throws  as {@link listenAt} */
export async function openEstate(
  path: string,
  estate: Estate,
  log: Pick<Log, 'error'>,
): Promise<AsyncDisposable> {
  const server = createServer(HTTP);
  const clients = boundClients([server], LIMITS);
  const asker = { mayChange: true, name: async () => 'a successor' };
  answerRequests(server, { routes: routesOf(estate), clients, asker: () => asker });
  const giveBack = await listenAt(server, path, { mode: 0o600 });
  server.on('error', ({ message }) => log.error(`Socket for a successor: ${message}`));
  return {
    async [Symbol.asyncDispose]() {
      await giveBack();
      server.close();
      clients.drop();
    },
  };
}

/** More than anybody is shown. */
const MOST_LISTED = 10_000;

const FILTER = {
  service: words("a virtual service's", 'its id', 'tcp:10.1.1.19:80'),
  server: words("a real server's or fallback's", 'its id', '10.1.1.21:80'),
  id: words("a connection's", 'its id', 'n1-17'),
};
const MOST = wholeNumber({ least: 0, most: MOST_LISTED }, 'listed at most', 0);

function routesOf({ traffic, begun, servers, left }: Estate): readonly Route[] {
  return [
    row({
      ...{ method: 'GET', path: '/begun', summary: 'what is to go on' },
      ...{ query: {}, answer: BEGUN, refusals: [] },
      handle: async () => begun(),
    }),
    row({
      ...{
        method: 'GET',
        path: '/servers',
        summary: 'where what is open goes on, and whose ends with them',
      },
      ...{ query: {}, answer: SERVERS, refusals: [] },
      handle: async () => ({ servers: servers() }),
    }),
    row({
      ...{ method: 'GET', path: '/left', summary: 'answered when it has let go' },
      ...{ query: {}, answer: NOTHING, refusals: [], waits: true },
      handle: async () => {
        await left;
        return {};
      },
    }),
    row({
      ...{ method: 'GET', path: '/connections', summary: 'what is still open' },
      ...{ query: { ...FILTER, most: MOST }, answer: LIST, refusals: [] },
      async handle({ query: { most = 0, ...filter } }) {
        const { items, total } = await traffic.connections(filter, most);
        return { connections: items, total };
      },
    }),
    row({
      ...{ method: 'DELETE', path: '/connections', summary: 'ends it' },
      ...{ query: FILTER, answer: ENDED, refusals: [] },
      handle: async ({ query }) => ({ ended: await traffic.end(query) }),
    }),
  ];
}
