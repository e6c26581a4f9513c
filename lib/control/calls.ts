import type { Changed, Drained } from '../director/desk.ts';
import type { ReloadDone } from '../director/plan.ts';
import type { DirectorEvent } from '../model/event.ts';
import type { RealRef, Wish } from '../model/override.ts';
import type { Role, RoleStatus, RoleTaken } from '../model/role.ts';
import type { ServiceStatus } from '../model/status.ts';
import type {
  Connection,
  ConnectionFilter,
  PersistenceEntry,
  PersistenceFilter,
} from '../model/traffic.ts';
import { CHANGED, DRAINED, EVENTS } from './api/change-shapes.ts';
import { ROLE_STATUS, ROLE_TAKEN } from './api/standing-routes.ts';
import { CONNECTIONS } from './api/traffic-shapes.ts';
import type { Expected } from './expected.ts';

/** A request to the control socket; the type says what comes back. */
export interface Call<T> {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE';
  /** With its query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object | undefined;
  /** What comes back, where something is done with it. */
  readonly expected?: Expected;
  /** Never there: it carries the type. */
  readonly answer?: T;
}

/** What can be asked of a director, for `ask`. Ids as `show --json` prints them. Source:
 *  docs/control.md */
export const CALLS = {
  services: (): Call<{ readonly services: readonly ServiceStatus[] }> => ({
    method: 'GET',
    path: '/v1/services',
  }),
  change: (real: RealRef, wish: Wish): Call<Changed> => ({
    method: 'PATCH',
    path: pathOf(real),
    body: wish,
    expected: { form: CHANGED, needs: ['before', 'after'] },
  }),
  /** Answered when the server is empty: wait as long as that, and some seconds more. */
  drain: (real: RealRef, withinSeconds: number): Call<Drained> => ({
    method: 'POST',
    path: `${pathOf(real)}/drain`,
    body: { withinSeconds },
    expected: { form: DRAINED, needs: ['ended', 'forgotten', 'seconds'] },
  }),
  /** Answered when the file is in force; a bad one is refused with 422. */
  reload: (): Call<ReloadDone> => ({ method: 'POST', path: '/v1/reload' }),
  plan: (): Call<ReloadDone> => ({ method: 'GET', path: '/v1/plan' }),
  /** @param since  id of the last one known; 0: all that are kept */
  events: (since: number): Call<{ readonly events: readonly DirectorEvent[] }> => ({
    method: 'GET',
    path: withQuery('/v1/events', { since }),
    expected: { form: EVENTS, needs: ['events'] },
  }),
  connections: (filter: ConnectionFilter, most?: number): Call<ConnectionList> => ({
    method: 'GET',
    path: withQuery('/v1/connections', { ...filter, most }),
    expected: { form: CONNECTIONS, needs: ['connections', 'total'] },
  }),
  /** One by its id, or all of a service or real server. */
  end: ({ id, ...filter }: ConnectionFilter): Call<{ readonly ended: number }> => ({
    method: 'DELETE',
    path:
      id === undefined
        ? withQuery('/v1/connections', filter)
        : `/v1/connections/${encodeURIComponent(id)}`,
  }),
  persistence: (filter: PersistenceFilter, most?: number): Call<PersistenceList> => ({
    method: 'GET',
    path: withQuery('/v1/persistence', { ...filter, most }),
  }),
  role: (): Call<RoleStatus> => ({
    method: 'GET',
    path: '/v1/role',
    expected: { form: ROLE_STATUS, needs: ['role', 'by', 'since'] },
  }),
  /** Answered when `role-command` has ended. */
  takeRole: (role: Role): Call<RoleTaken> => ({
    method: 'POST',
    path: '/v1/role',
    body: { role },
    expected: { form: ROLE_TAKEN, needs: ['role', 'before', 'problem'] },
  }),
  forget: (filter: PersistenceFilter): Call<{ readonly forgotten: number }> => ({
    method: 'DELETE',
    path: withQuery('/v1/persistence', { ...filter }),
  }),
} as const;

/** The first of them, and how many there are. */
export interface ConnectionList {
  readonly connections: readonly Connection[];
  readonly total: number;
}

/** The first of them, and how many there are. */
export interface PersistenceList {
  readonly persistence: readonly PersistenceEntry[];
  readonly total: number;
}

function pathOf({ service, real }: RealRef): string {
  return `/v1/services/${encodeURIComponent(service)}/reals/${encodeURIComponent(real)}`;
}

/** A path with the words that are given. */
export function withQuery(
  path: string,
  words: Readonly<Record<string, string | number | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(words))
    if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? path : `${path}?${query}`;
}
