import type { Estate } from './estate.ts';
import { has, minus, plus } from './hold.ts';

/** This node's own groups, if nobody has them. */
export function acquireOwn(estate: Estate): boolean {
  const { mine, others, plan } = estate;
  if (has(others, 'foreign') || has(mine, 'local')) return false;
  estate.mine = plus(mine, 'local');
  plan.act({ type: 'acquire', hold: 'local' });
  return true;
}

/** This node's own groups, if the other one is at rest without them, and this one too. */
export function adopt(estate: Estate): void {
  if (estate.isStable && acquireOwn(estate)) estate.tell(true);
}

/** All that the other node had, for it is not there any more. */
export function takeOver(estate: Estate, other: string): void {
  const { mine, plan } = estate;
  const missing = minus('all', mine);
  plan.log('info', `Resources being acquired from ${other}.`);
  estate.mine = 'all';
  estate.others = 'none';
  estate.otherIsStable = true;
  if (missing !== 'none') plan.act({ type: 'acquire', hold: missing });
  // After a partition neighbours may know the other node's interface: it had these too, and gives them up now.
  if (missing !== 'all') plan.act({ type: 'announce' });
}
