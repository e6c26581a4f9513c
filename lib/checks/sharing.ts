import { createHash } from 'node:crypto';
import type { CheckPlan, CheckTarget } from '../model/check.ts';

/** What only external checks see of a target: their arguments. */
const ARGUMENTS = ['virtual', 'virtualPort'] as const;

/** Fields that a check type looks at, besides address and realPort (maintenance does). */
const USED: Readonly<Record<string, readonly (keyof CheckTarget)[]>> = {
  connect: ['protocol', 'port', 'checktimeoutMs', 'checkcount'],
  ping: ['checktimeoutMs', 'checkcount'],
  on: [],
  off: [],
  external: [...ARGUMENTS, 'checkcommand', 'checktimeoutMs'],
  'external-perl': [...ARGUMENTS, 'checkcommand', 'checktimeoutMs'],
};

/** A short word, equal for plans whose checks would ask the same of the same server, at the same pace:
 *  they are made once. A service's own address, say, tells two http checks not apart. */
export function identity({ target, intervalMs }: CheckPlan): string {
  const used = USED[target.checktype];
  const entries = Object.entries(target)
    .filter(([name]) => matters(name, used))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([intervalMs, entries]);
  // Hashed: it is kept as long as the check, and there may be thousands.
  return createHash('sha256').update(text).digest('base64');
}

const ALWAYS: readonly string[] = ['checktype', 'address', 'realPort'];
const EXTERNAL_ONLY: readonly string[] = [...ARGUMENTS, 'checkcommand'];

function matters(name: string, used: readonly string[] | undefined): boolean {
  if (used === undefined) return !EXTERNAL_ONLY.includes(name);
  return ALWAYS.includes(name) || used.includes(name);
}
