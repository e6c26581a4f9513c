import { countsAsUp } from '../pool/pool.ts';
import type { KeeperParties } from './keeper-parties.ts';
import type { ServiceKeeper } from './service-keeper.ts';
import { serviceState } from './status.ts';
import { tellTurn } from './told-changes.ts';

/** Tells log and alerts that a service ends with the director, as ldirectord does. */
export function takeLeave(
  keeper: Pick<ServiceKeeper, 'pool' | 'label' | 'carriage' | 'ready'>,
  { log, alerts, now }: Pick<KeeperParties, 'log' | 'alerts' | 'now'>,
): void {
  const { pool, label } = keeper;
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
  const turn = { real: undefined, from: serviceState(keeper), to: null };
  tellTurn({ alerts, now }, pool, { ...turn, reason: 'the director ends' });
}
