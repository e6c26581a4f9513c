import type { ServerStats, ServiceStats } from '../../../model/engine.ts';
import type { LeftNumbers, LeftServerNumbers } from '../../../model/heritage.ts';

/** The numbers of a server that has not come into the table since an earlier run. */
export function quiet(left: LeftServerNumbers): ServerStats {
  return { ...left, activeConnections: 0, inactiveConnections: 0 };
}

/** And those of a service: it counts on from where it was from the first look on. */
export function inTheBeginning(left: LeftNumbers): ServiceStats {
  return { ...left, servers: left.servers.map(quiet), persistenceEntries: 0 };
}
