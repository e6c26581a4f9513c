import type { Config } from '../config/config.ts';
import type { Launch } from '../instance/launch.ts';
import type { Log } from '../model/log.ts';
import { type OverrideFile, openOverrideFile } from '../state/override-store.ts';
import type { Closers } from './closers.ts';
import { createElders, type Elders } from './elders.ts';
import { type HeardStore, heardStore } from './heard-store.ts';
import { type HeritageKeeper, openHeritage } from './heritage.ts';
import { openParts, type Parts } from './parts.ts';

/** What does the work, and what of it outlives the director. */
export interface Work {
  readonly overrides: OverrideFile;
  /** The same, and who else hears of what is kept there. */
  readonly store: HeardStore;
  readonly elders: Elders;
  readonly parts: Parts;
  readonly heritage: HeritageKeeper;
}

/** Nothing is at work yet.
 *  @param closers  of all of it
 *  @param isSeen   whether the director has been seen: else it ends quietly */
export async function openWork(
  launch: Launch,
  config: Config,
  log: Log,
  closers: Pick<Closers, 'add'>,
  isSeen: () => boolean,
): Promise<Work> {
  const another = launch.predecessor !== undefined;
  const overrides = await openOverrideFile(launch.instance.state, log, { another });
  closers.add('what was changed at run time', () => overrides.close());
  const elders = createElders(launch);
  const store = heardStore(overrides);
  const parts = await openParts(config, log, { launch, overrides: store, elders });
  closers.add('alerts', () => parts.alerts.close());
  closers.add('virtual services', () => parts.close(!isSeen()));
  const heritage = await openHeritage(parts.heritages, launch, log);
  closers.add('clients and counters', () => heritage.close());
  return { overrides, store, elders, parts, heritage };
}
