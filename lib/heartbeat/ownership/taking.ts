import type { Estate } from './estate.ts';
import { has, minus, plus } from './hold.ts';

/** This node's own groups, if nobody has them. */
export function acquireOwn(estate: Estate): boolean {
  const { mine, others, scripts } = estate;
  if (has(others, 'foreign') || has(mine, 'local')) return false;
  estate.mine = plus(mine, 'local');
  scripts.acquire('local');
  return true;
}

/** This node's own groups, if the other one is at rest without them, and this one too. */
export function adopt(estate: Estate): void {
  if (estate.isStable && acquireOwn(estate)) estate.tell();
}

/** All that the other node had, for it is not there any more. */
export function takeOver(estate: Estate, other: string): void {
  const { mine, stuck, plan, scripts } = estate;
  const missing = minus('all', minus(mine, stuck));
  plan.log('info', `Resources being acquired from ${other}.`);
  estate.mine = 'all';
  estate.stuck = 'none';
  estate.others = 'none';
  estate.otherIsStable = true;
  if (missing !== 'none') scripts.acquire(missing);
  // After a partition neighbours may know the other node's interface: it had these too, and gives them up now.
  if (missing !== 'all') plan.act({ type: 'announce' });
}
