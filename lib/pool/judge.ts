import type { CheckReport } from '../model/check.ts';
import type { RealState } from '../model/status.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import { countsAsUp, type RealServerState } from './pool.ts';
import { shown, upState } from './under.ts';

/** What one report makes of a real server. Up at the first success, but at the rise'th in a row when
 *  it was down; down at the failurecount'th failure in a row, or at once in maintenance or when it was
 *  not up. Source: ldirectord(8) "failurecount", observed. */
export function judge(
  { failurecount, options: { rise } }: Pick<VirtualService, 'failurecount' | 'options'>,
  before: RealServerState,
  report: CheckReport,
): RealServerState {
  // Whoever puts it there says that it is ready when it leaves.
  if (report.maintenance)
    return become(free(before), 'maintenance', before.failures, report);
  if (report.up) return succeed(rise, before, report);
  if (!countsAsUp(before.own)) return become(before, 'down', before.failures, report);
  const failures = Math.min(before.failures + 1, failurecount);
  const state = failures < failurecount ? before.own : 'down';
  return become(before, state, failures, report);
}

function succeed(
  rise: number,
  before: RealServerState,
  report: CheckReport,
): RealServerState {
  if (before.ejected) return become(before, 'down', 0, report);
  const successes = before.own === 'down' ? before.successes + 1 : rise;
  if (successes >= rise) return become(before, upState(before), 0, report);
  return { ...become(before, 'down', before.failures, report), successes };
}

function free(before: RealServerState): RealServerState {
  return before.ejected ? { ...before, ejected: undefined } : before;
}

function become(
  before: RealServerState,
  own: RealState,
  failures: number,
  report: CheckReport,
): RealServerState {
  const state = shown(own, before);
  const since = state === before.state ? before.since : report.at;
  return {
    ...before,
    ...{ state, own, since, failures, report },
    ...{ successes: 0, found: undefined },
  };
}
