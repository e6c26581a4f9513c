import type { Config } from '../config/config.ts';
import type { Log } from '../model/log.ts';
import type { Children } from './children.ts';
import type { Front } from './front.ts';
import type { LogKeeper } from './log/keeper.ts';
import type { Naming } from './naming.ts';
import type { Parts } from './parts.ts';
import type { Peering } from './peering.ts';
import type { RoleKeeper } from './role.ts';

interface Followers {
  readonly parts: Pick<Parts, 'connectionLog'>;
  readonly naming: Pick<Naming, 'apply'>;
  readonly peering: Pick<Peering, 'follow'>;
  readonly children: Pick<Children, 'converge'>;
  readonly keeper: Pick<LogKeeper, 'follow'>;
  readonly role: Pick<RoleKeeper, 'follow'>;
  front(): Pick<Front, 'follow'>;
  readonly log: Log;
}

/** How a director takes a changed config over; rejects where the engines' part fails. */
export function adoption({
  parts: { connectionLog },
  naming,
  peering,
  children,
  keeper,
  role,
  front,
  log,
}: Followers): (next: Config, before: Config) => Promise<void> {
  return async (next, before) => {
    await naming.apply(next);
    await peering.follow(next, before);
    await front().follow(next);
    keeper.follow(next.global.logfile);
    role.follow(next);
    connectionLog.follow(next.options.connectionsFile);
    warnOfTheNextStart(log, before, next);
    void children.converge(next.global.execute);
  };
}

/** Keys of the ini that are told once. */
function warnOfTheNextStart(
  log: Log,
  { options: before }: Config,
  { options: after }: Config,
): void {
  const keys = {
    '[limits] connections': before.maxConnections !== after.maxConnections,
    '[net] workers': before.workers !== after.workers,
    '[net] worker-timeout': before.workerTimeoutMs !== after.workerTimeoutMs,
    '[nftables] flowtable': String(before.flowtable) !== String(after.flowtable),
    '[control] mode': before.mode !== after.mode,
    '[control] group': before.group !== after.group,
    '[control] read-only-socket': before.readOnlySocket !== after.readOnlySocket,
    '[control] read-only-mode': before.readOnlyMode !== after.readOnlyMode,
    '[daemon] user': String(before.user?.uid) !== String(after.user?.uid),
    '[daemon] group': String(before.user?.gid) !== String(after.user?.gid),
  };
  for (const [key, changed] of Object.entries(keys))
    if (changed) log.warn(`${key} has changed: it holds from the next start on`);
}
