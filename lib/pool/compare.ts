import type { CheckReport } from '../model/check.ts';
import type { ServerEntry } from '../model/engine.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import type { PoolChange, TableChange } from './change.ts';
import { realEntry, sameEntry, weightInForce } from './entry.ts';
import { countsAsUp, type RealServerState } from './pool.ts';

/** A real server as one service sees it. */
export interface Seen {
  readonly service: VirtualService;
  readonly state: RealServerState;
}

/** What to tell of a real server that changed from `before` (undefined: new) to `after`.
 *  @param report  the report that changed it; undefined: the configuration did */
export function realChanges(
  before: Seen | undefined,
  after: Seen,
  report: CheckReport | undefined,
): readonly PoolChange[] {
  const changes: PoolChange[] = [];
  if (report && before) changes.push(...softChanges(before, after, report));
  const change = tableChangeOf(before, after, report);
  if (change) changes.push(change);
  return changes;
}

/** What becomes of its row in the table; undefined: nothing. */
export function tableChangeOf(
  before: Seen | undefined,
  after: Seen,
  report?: CheckReport,
): TableChange | undefined {
  // What becomes of the reserve follows from all of them.
  if (after.state.real.role !== undefined) return undefined;
  const type = tableChange(before, after);
  if (!type) return undefined;
  const { id } = after.state.real;
  const isIn = type === 'added' || type === 'restored';
  const weight = isIn ? (weightInForce(after.service, after.state) ?? 0) : 0;
  return { type, server: id, fallback: false, weight, report };
}

function softChanges(
  before: Seen,
  { service, state }: Seen,
  report: CheckReport,
): readonly PoolChange[] {
  const server = state.real.id;
  const { successes } = state;
  if (successes > 0) {
    const needed = service.options.rise;
    return [{ type: 'soft-success', server, successes, needed, report }];
  }
  if (report.up && !report.maintenance && before.state.failures > 0)
    return [{ type: 'soft-reset', server }];
  if (countsAsUp(state.state) && state.failures > before.state.failures) {
    const { failures } = state;
    return [
      { type: 'soft-failure', server, failures, max: service.failurecount, report },
    ];
  }
  return [];
}

function tableChange(
  before: Seen | undefined,
  after: Seen,
): TableChange['type'] | undefined {
  const was = before && realEntry(before.service, before.state);
  const is = realEntry(after.service, after.state);
  const wasUp = countsAsUp(before?.state.state);
  if (after.state.state === 'starting') return was && changedAtStart(was, is);
  if (!is) return wentAway(before, was);
  if (countsAsUp(after.state.state)) return cameUp(was, is, wasUp);
  // That it stays is told besides.
  if (after.state.held !== undefined) return cameUp(was, is, true);
  if (was) return wasUp || was.weight > 0 ? 'quiesced' : undefined;
  return after.service.readdquiescent ? 'readd-quiesced' : 'quiesced';
}

/** What an earlier run left in force goes on as it was, but for what an operator changes. */
function changedAtStart(
  was: ServerEntry,
  is: ServerEntry | undefined,
): TableChange['type'] | undefined {
  if (!is) return 'deleted'; // After maintenance nothing goes on.
  if (is.weight === was.weight) return undefined;
  return is.weight > 0 ? 'restored' : 'quiesced';
}

function cameUp(
  was: ServerEntry | undefined,
  is: ServerEntry,
  wasUp: boolean,
): 'added' | 'restored' | undefined {
  if (!was) return 'added';
  return wasUp && !edited(was, is) ? undefined : 'restored';
}

/** A server that fails its very first check was never in the table: it is told of all the same. */
function wentAway(
  before: Seen | undefined,
  was: ServerEntry | undefined,
): 'deleted' | undefined {
  const pending = !before || before.state.state === 'starting';
  return was || pending ? 'deleted' : undefined;
}

/** Differs in what ldirectord compares before it edits a server; what becomes of it at its
 *  removal is not in force yet. */
function edited(was: ServerEntry, is: ServerEntry): boolean {
  return !sameEntry({ ...was, onRemoval: is.onRemoval }, is);
}
