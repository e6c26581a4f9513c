import type { Alerts } from '../alerts/alerts.ts';
import type { Director } from '../director/director.ts';
import { version } from '../instance/version.ts';
import type { ServiceStatus, StatusDocument } from '../model/status.ts';
import type { Reloader } from './reloader.ts';

/** What `GET /v1/status` answers.
 *  @param checks  results of each real server */
export async function statusDocument(
  { config, configError }: Pick<Reloader, 'config' | 'configError'>,
  director: Director,
  alerts: Pick<Alerts, 'status'>,
  checks: number,
): Promise<StatusDocument> {
  return {
    version: version(),
    pid: process.pid,
    uptimeSeconds: Math.floor(process.uptime()),
    config: config.file,
    configError,
    services: await director.services(checks),
    workers: director.workers(),
    mail: alerts.status(),
  };
}

/** What a start has to say about services that are not at work, a line each. */
export async function troubles(director: Director): Promise<readonly string[]> {
  const services = await director.services();
  return services.flatMap((service) => trouble(service) ?? []);
}

function trouble({ id, state, problem }: ServiceStatus): string | undefined {
  if (problem !== null) return `${id}: ${problem}`;
  return state === 'starting' ? `${id}: still starting, its checks go on` : undefined;
}
