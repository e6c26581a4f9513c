import { NotFound } from '../../director/desk.ts';
import type { ServiceStatus } from '../../model/status.ts';
import type { Route } from '../routes.ts';
import { row } from './row.ts';
import { list, object } from './shape.ts';
import { CHECKS, type Collect } from './status-routes.ts';
import { REAL, SERVICE } from './status-shapes.ts';

const SERVICES = object<{ readonly services: readonly ServiceStatus[] }>('Services', {
  services: list(SERVICE),
});

/** Parts of the status. */
export function serviceRoutes(collect: Collect): readonly Route[] {
  const services = async (checks = 0) => (await collect(checks)).services;
  return [
    row({
      method: 'GET',
      path: '/v1/services',
      summary: 'the virtual services with their real servers',
      query: CHECKS,
      answer: SERVICES,
      refusals: [],
      handle: async ({ query }) => ({ services: await services(query.checks) }),
    }),
    row({
      method: 'GET',
      path: '/v1/services/{service}',
      summary: 'one virtual service',
      query: CHECKS,
      answer: SERVICE,
      refusals: [404],
      handle: async ({ ids, query }) =>
        named(await services(query.checks), ids.service, 'virtual service'),
    }),
    row({
      method: 'GET',
      path: '/v1/services/{service}/reals/{real}',
      summary: 'one real server of a virtual service',
      query: CHECKS,
      answer: REAL,
      refusals: [404],
      async handle({ ids, query }) {
        const found = await services(query.checks);
        const { reals } = named(found, ids.service, 'virtual service');
        return named(reals, ids.real, 'real server');
      },
    }),
  ];
}

function named<T extends { readonly id: string }>(
  all: readonly T[],
  id: string,
  what: string,
): T {
  const found = all.find((one) => one.id === id);
  if (!found) throw new NotFound(`there is no ${what} ${id}`);
  return found;
}
