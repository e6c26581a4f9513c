import type { Readiness } from '../model/readiness.ts';
import { type ServiceView, stateWithAddress } from './status.ts';

type Seen = Pick<ServiceView, 'pool' | 'carriage' | 'ready'>;

const SERVES: ReadonlySet<string> = new Set(['up', 'panic', 'fallback']);
/** Services that do not serve, in one line. */
const MOST_TOLD = 3;

/** Whether clients would be served here: one virtual service at least has somebody who carries it, or there is
 *  none. One that waits for its address counts as if it had it: so a standby is ready. Nothing is asked of an
 *  engine. */
export function readinessOf(services: Iterable<readonly [string, Seen]>): Readiness {
  const states = [...services].map(
    ([id, seen]) => [id, stateWithAddress(seen)] as const,
  );
  const not = states.filter(([, state]) => !SERVES.has(state));
  const told = not.slice(0, MOST_TOLD).map(([id, state]) => `${id} is ${state}`);
  const more = not.length - told.length;
  const rest = [...told, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  if (states.length === 0) return { ready: true, words: 'there is no virtual service' };
  const serving = states.length - not.length;
  const of = `${serving} of ${states.length} virtual services can serve`;
  return { ready: serving > 0, words: rest === '' ? of : `${of}: ${rest}` };
}
