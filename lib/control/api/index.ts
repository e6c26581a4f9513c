import type { Route } from '../routes.ts';
import { type Changes, changeRoutes } from './change-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { openapiRoute } from './openapi.ts';
import { serviceRoutes } from './service-routes.ts';
import { type Standing, standingRoutes } from './standing-routes.ts';
import { type StatusSources, sharedStatus, statusRoutes } from './status-routes.ts';
import { trafficRoutes } from './traffic-routes.ts';

export type ApiSources = StatusSources & Changes & { readonly standing: Standing };

/** What the control socket offers over HTTP: one row each. */
export function apiRoutes(sources: ApiSources): readonly Route[] {
  const collect = sharedStatus(sources);
  const routes = [
    ...statusRoutes(collect, sources),
    ...serviceRoutes(collect),
    ...changeRoutes(sources),
    ...eventRoutes(sources.desk.events),
    ...trafficRoutes(sources.desk),
    ...standingRoutes(sources.standing),
  ];
  return [...routes, openapiRoute(routes)];
}
