import type { Launch } from '../instance/launch.ts';
import { lockHolder } from '../instance/lock.ts';
import { isAlive, isSurelyDirector } from '../instance/process.ts';
import { successorLock } from '../instance/succession.ts';

/** Whether commands mean this director, and not one that it was to take the place of, or that has taken
 *  its own. */
export function isInPlace({ instance }: Launch): boolean {
  return lockHolder(instance.lock)?.pid === process.pid;
}

/** Who stops a director wants all of it stopped: also those that still have connections open, each of
 *  which passes it on. */
export function endPredecessor({ predecessor, elders = [] }: Launch): void {
  const last = [predecessor, ...elders].find((one) => one && isAlive(one));
  if (last) process.kill(last.pid, 'SIGTERM');
}

/** Nor may one go on that was getting ready when the stop came. Without the pid file it takes over no
 *  more, so once that is gone, it is either seen here or sees that. */
export function endSuccessor({ instance, predecessor }: Launch): void {
  for (const stem of [instance.lock, successorLock(instance)]) {
    const holder = lockHolder(stem);
    // A successor that ends before it took over finds its predecessor there.
    if (!holder || holder.pid === process.pid || holder.pid === predecessor?.pid)
      continue;
    if (isSurelyDirector(holder.pid, instance.name))
      process.kill(holder.pid, 'SIGTERM');
  }
}
