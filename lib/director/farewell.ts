import { countsAsUp } from '../pool/pool.ts';
import type { KeeperParties } from './keeper-parties.ts';
import type { ServiceKeeper } from './service-keeper.ts';

/** Tells log and alerts that a service ends with the director, as ldirectord does. */
export function takeLeave(
  { pool, label }: Pick<ServiceKeeper, 'pool' | 'label'>,
  { log, alerts, now }: Pick<KeeperParties, 'log' | 'alerts' | 'now'>,
): void {
  for (const { real, state } of pool.reals) {
    if (!countsAsUp(state)) continue;
    const subject = `Purged real server (stop): ${real.id} (${label})`;
    const notice = {
      subject,
      finding: undefined,
      state: 'stopping',
      at: now(),
    } as const;
    log.info(subject);
    alerts.tell(pool.service, notice, undefined);
  }
  log.info(`Purged virtual server (stop): ${label}`);
}
