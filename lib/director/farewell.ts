import { countsAsUp } from '../pool/pool.ts';
import { seenState } from '../pool/reserve.ts';
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
  for (const known of pool.reals) {
    const { id, role = 'real' } = known.real;
    if (!countsAsUp(seenState(known))) continue;
    const subject = `Purged ${role} server (stop): ${id} (${label})`;
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
