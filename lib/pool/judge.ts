import type { CheckReport } from '../model/check.ts';
import type { RealState } from '../model/status.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import { countsAsUp, type RealServerState } from './pool.ts';

/** What one report makes of a real server. Up at the first success; down at the failurecount'th
 *  failure in a row, or at once in maintenance or when it was not up. Source: ldirectord(8)
 *  "failurecount", observed. */
export function judge(
  { failurecount }: Pick<VirtualService, 'failurecount'>,
  before: RealServerState,
  report: CheckReport,
): RealServerState {
  if (report.maintenance) return become(before, 'maintenance', before.failures, report);
  if (report.up) return become(before, upState(before), 0, report);
  if (!countsAsUp(before.state)) return become(before, 'down', before.failures, report);
  const failures = Math.min(before.failures + 1, failurecount);
  const state = failures < failurecount ? before.state : 'down';
  return become(before, state, failures, report);
}

/** The state of a server that counts as up. */
export function upState({ real }: Pick<RealServerState, 'real'>): 'up' | 'drain' {
  return real.weight > 0 ? 'up' : 'drain';
}

function become(
  before: RealServerState,
  state: RealState,
  failures: number,
  report: CheckReport,
): RealServerState {
  const since = state === before.state ? before.since : report.at;
  return { real: before.real, state, since, failures, report };
}
