import type { Timeouts } from './desk.ts';
import { type Tenths, tenths } from './sight.ts';

/** Years on the wheel's clock; still a small integer, which a connection keeps without an allocation. */
const NEVER: Tenths = 2 ** 30 - 1;

/** When a connection that begins now is too old: by max-age, and a random part of its jitter.
 *  @param now  on the wheel's clock */
export function endOfLife(
  { maxAgeMs, maxAgeJitter }: Pick<Timeouts, 'maxAgeMs' | 'maxAgeJitter'>,
  now: number,
): Tenths {
  if (maxAgeMs === undefined) return NEVER;
  const lifeMs = maxAgeMs * (1 + maxAgeJitter * Math.random());
  return tenths({ now: now + lifeMs }) + 1;
}
