import type { StateChange } from '../alerts/state-change.ts';
import type { Pool } from '../pool/pool.ts';
import type { KeeperParties } from './keeper-parties.ts';

/** What of a change of state its pool does not know. */
export type Turn = Pick<StateChange, 'real' | 'from' | 'to' | 'reason'>;

/** Tells the service's webhook and command, where it has any, that it or one of its real servers took
 *  another state. */
export function tellTurn(
  { alerts, now }: Pick<KeeperParties, 'alerts' | 'now'>,
  { service, reals }: Pick<Pool, 'service' | 'reals'>,
  turn: Turn,
): void {
  const { webhook, command } = service.options;
  if ((webhook ?? command) === undefined || turn.from === turn.to) return;
  const own = reals.filter(({ real }) => real.role === undefined);
  const up = own.filter(({ state }) => state === 'up').length;
  alerts.changed(service, { ...turn, up, reals: own.length, at: now() });
}
