import type { Director } from '../director/director.ts';
import type { LeftServer } from '../director/elder-cuts.ts';
import type { Log } from '../model/log.ts';
import type { OverrideFile } from '../state/override-store.ts';
import type { Children } from './children.ts';
import { type Elders, inherit, serversLeft } from './elders.ts';
import type { Ending } from './ending.ts';
import type { HeritageKeeper } from './heritage.ts';
import type { Naming } from './naming.ts';

/** What a director takes over from those before it, and into whose hands. */
interface Succession {
  /** It succeeds one that is there, and not one that has ended. */
  readonly another: boolean;
  readonly overrides: OverrideFile;
  readonly naming: Pick<Naming, 'own'>;
  readonly elders: Elders;
  readonly director: Director;
  readonly children: Children;
  readonly heritage: HeritageKeeper;
  readonly ending: Pick<Ending, 'signal'>;
  readonly log: Log;
}

/** It is in charge: what the director before it had begun is its own. What that still counts, and what is to end
 *  there, comes when it lets nobody in any more, which is not waited for. */
export async function takeOver(succession: Succession): Promise<void> {
  const { another, overrides, naming, elders, director, heritage } = succession;
  const { children, ending, log } = succession;
  if (!another) {
    heritage.keep();
    void serversLeft(elders, log).then((theirs) => {
      if (!ending.signal.aborted) director.takeCharge(theirs);
    });
    return;
  }
  overrides.own();
  naming.own();
  // Who has nothing open ends as soon as this director says that it is at work.
  const [theirs] = await Promise.all([
    serversLeft(elders, log),
    inherit(elders, director, children, log),
  ]);
  void complete(succession, theirs);
}

async function complete(
  { elders, director, heritage, ending: { signal }, log }: Succession,
  theirs: readonly LeftServer[] | undefined,
): Promise<void> {
  try {
    await elders.left();
  } catch (error) {
    log.error(
      `Clients that persist may be scheduled anew, and counters begin anew: ${String(error)}`,
    );
  }
  if (signal.aborted) return;
  director.takeCharge(theirs);
  await heritage.complete();
  heritage.keep();
}
