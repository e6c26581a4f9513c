import type { Log } from '../model/log.ts';
import type { LeftAnswer } from '../model/name-status.ts';
import { askServer } from './ask.ts';
import { Asker } from './asker.ts';
import { hostServers } from './host-servers.ts';
import { NameKeeper } from './keeper.ts';

export type { NameKeeper };

/** A keeper of names that asks real name servers.
 *  @param left  what an earlier run knew */
export function createNameKeeper(
  parties: {
    readonly changed: () => void;
    readonly learned: () => void;
    readonly log: Log;
  },
  left: readonly LeftAnswer[],
): NameKeeper {
  const now = () => performance.now();
  const asker = new Asker(askServer, hostServers(now));
  return new NameKeeper({ ...parties, asker, now, random: Math.random }, left);
}
