import type { Director } from '../director/director.ts';
import type { Log } from '../model/log.ts';
import type { OverrideFile } from '../state/override-store.ts';
import type { Children } from './children.ts';
import { type Elders, inherit } from './elders.ts';
import type { Ending } from './ending.ts';
import type { HeritageKeeper } from './heritage.ts';
import type { Naming } from './naming.ts';
import type { RoleKeeper } from './role.ts';

/** What a successor takes over, and into whose hands. */
interface Succession {
  readonly overrides: OverrideFile;
  readonly naming: Pick<Naming, 'own'>;
  readonly role: Pick<RoleKeeper, 'own'>;
  readonly elders: Elders;
  readonly director: Director;
  readonly children: Children;
  readonly heritage: HeritageKeeper;
  readonly ending: Pick<Ending, 'signal'>;
  readonly log: Log;
}

/** A successor is in charge: what the director before it had begun is its own. What that still counts
 *  comes when it lets nobody in any more, which is not waited for. */
export async function takeOver(succession: Succession): Promise<void> {
  const { overrides, naming, role, elders, director, children, log } = succession;
  overrides.own();
  naming.own();
  await role.own();
  await inherit(elders, director, children, log);
  void completeHeritage(succession);
}

async function completeHeritage({
  elders,
  heritage,
  ending: { signal },
  log,
}: Succession): Promise<void> {
  try {
    await elders.left();
  } catch (error) {
    log.error(
      `Clients that persist may be scheduled anew, and counters begin anew: ${String(error)}`,
    );
  }
  if (signal.aborted) return;
  await heritage.complete();
  heritage.keep();
}
