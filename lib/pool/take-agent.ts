import { type AgentWords, agentText } from '../model/agent.ts';
import { heard } from './agent.ts';
import { othersChanges } from './all-changes.ts';
import type { TableChange } from './change.ts';
import { tableChangeOf } from './compare.ts';
import { conclude } from './conclude.ts';
import { heldBack } from './panic.ts';
import { countsAsUp, type Pool, type PoolStep, type RealServerState } from './pool.ts';
import { under } from './under.ts';

/** The pool after the agent of one of its real servers has said something. Words for a server that is
 *  not in the service, or that say what is known, change nothing.
 *  @param now  wall clock, milliseconds since 1970 */
export function takeAgent(
  pool: Pool,
  realId: string,
  words: AgentWords,
  now: number,
): PoolStep {
  const row = pool.index.get(realId);
  const before = row === undefined ? undefined : pool.reals[row];
  if (row === undefined || !before) return { pool, changes: [] };
  const agent = heard(before.agent, words);
  if (!agent || agent === before.agent) return { pool, changes: [] };
  const { service, index } = pool;
  const asked = under(before.override, { ...before, agent }, now);
  const reals = heldBack(pool, { service, reals: pool.reals.with(row, asked) });
  const state = reals[row] ?? asked;
  const said = agentText(agent);
  const change = tableChangeOf({ service, state: before }, { service, state });
  const told = change
    ? { ...named(change, before, state), agent: said }
    : ({ type: 'agent', server: realId, agent: said } as const);
  const changes = [told, ...othersChanges(pool, reals, row)];
  return conclude(pool, { service, reals, index }, changes, now);
}

/** A percentage may be another every second: that is no news of a server's coming back. */
function named(
  change: TableChange,
  before: RealServerState,
  after: RealServerState,
): TableChange {
  const stays = [before, after].every(
    ({ state, held }) => countsAsUp(state) || held !== undefined,
  );
  return stays ? { ...change, type: 'reweighed' } : change;
}
