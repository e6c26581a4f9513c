import { hash } from 'node:crypto';
import type { CheckPlan, CheckTarget } from '../model/check.ts';

type Names = readonly (keyof CheckTarget)[];

/** What all look at: maintenance does. */
const ALWAYS: Names = ['checktype', 'address', 'realPort'];
/** What only external checks see of a target: their arguments. */
const ARGUMENTS: Names = ['virtual', 'virtualPort', 'checkcommand'];

/** Fields that a check type looks at; of one that is not here, all but {@link ARGUMENTS}. */
const USED: Readonly<Record<string, Names>> = {
  connect: [...ALWAYS, 'protocol', 'port', 'checktimeoutMs', 'checkcount'],
  ping: [...ALWAYS, 'checktimeoutMs', 'checkcount'],
  on: ALWAYS,
  off: ALWAYS,
  external: [...ALWAYS, ...ARGUMENTS, 'checktimeoutMs'],
  'external-perl': [...ALWAYS, ...ARGUMENTS, 'checktimeoutMs'],
};

/** A short word, equal for plans whose checks would ask the same of the same server, at the same pace:
 *  they are made once. A service's own address, say, tells two http checks not apart. */
export function identity({ target, ...pace }: CheckPlan): string {
  const names = USED[target.checktype] ?? others(target);
  const { intervalMs, downIntervalMs, jitter } = pace;
  const paces = [intervalMs, downIntervalMs, jitter];
  const text = JSON.stringify([...paces, ...names.map((name) => target[name])]);
  // Hashed: it is kept as long as the check, and there may be thousands.
  return hash('sha256', text, 'base64');
}

function others(target: CheckTarget): Names {
  const names = Object.keys(target) as (keyof CheckTarget)[];
  return names.filter((name) => !ARGUMENTS.includes(name)).sort();
}
