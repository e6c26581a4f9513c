import type { Alerts } from '../alerts/alerts.ts';
import type { Director } from '../director/director.ts';
import { ownRights } from '../instance/rights.ts';
import type { ServiceStatus, StatusDocument } from '../model/status.ts';
import { version } from '../model/version.ts';
import { within } from '../model/within.ts';
import type { Naming } from './naming.ts';
import type { Peering } from './peering.ts';
import type { Reloader } from './reloader.ts';
import type { RoleKeeper } from './role.ts';

interface StatusSources {
  readonly director: Pick<Director, 'services' | 'workers'>;
  readonly alerts: Pick<Alerts, 'status'>;
  readonly naming: Pick<Naming, 'status'>;
  readonly peering: Pick<Peering, 'status'>;
  readonly role: Pick<RoleKeeper, 'current'>;
}

/** What `GET /v1/status` answers.
 *  @param checks  results of each real server */
export async function statusDocument(
  { config, configError }: Pick<Reloader, 'config' | 'configError'>,
  { director, alerts, naming, peering, role }: StatusSources,
  checks: number,
): Promise<StatusDocument> {
  const { user, capabilities } = ownRights();
  return {
    version: version(),
    pid: process.pid,
    uptimeSeconds: Math.floor(process.uptime()),
    user,
    capabilities,
    config: config.file,
    configError,
    services: await director.services(checks),
    names: naming.status(),
    peers: peering.status(),
    workers: director.workers(),
    ...alerts.status(),
    role: role.current.role,
  };
}

/** For numbers, which a kernel that takes in a large table may keep for many seconds. */
const PATIENCE_MS = 3000;
const STARTING = 'still starting, its checks go on';

/** What a start has to say about services that are not at work, a line each. Where that cannot be known
 *  soon, of those that are still starting: the log has the rest.
 *  @param patienceMs  how soon */
export async function troubles(
  director: Pick<Director, 'services' | 'starting'>,
  patienceMs = PATIENCE_MS,
): Promise<readonly string[]> {
  const known = director
    .services()
    .then((services) => services.flatMap((service) => trouble(service) ?? []));
  return within(patienceMs, known, () =>
    director.starting().map((id) => `${id}: ${STARTING}`),
  );
}

function trouble({ id, state, problem }: ServiceStatus): string | undefined {
  if (problem !== null) return `${id}: ${problem}`;
  return state === 'starting' ? `${id}: ${STARTING}` : undefined;
}
