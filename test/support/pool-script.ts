import t from 'tap';
import { logLine } from '../../lib/director/log-lines.ts';
import type { AgentWords } from '../../lib/model/agent.ts';
import type { CheckReport } from '../../lib/model/check.ts';
import type { RecoveredServer } from '../../lib/model/engine.ts';
import type { Override } from '../../lib/model/override.ts';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { configure } from '../../lib/pool/configure.ts';
import { eject, release } from '../../lib/pool/eject.ts';
import { setOverride } from '../../lib/pool/override.ts';
import type { Ejection } from '../../lib/pool/passive.ts';
import type { Checking, Pool, PoolStep } from '../../lib/pool/pool.ts';
import { takeAgent } from '../../lib/pool/take-agent.ts';
import { takeReport } from '../../lib/pool/take-report.ts';
import { warm } from '../../lib/pool/warm.ts';
import { aService } from './config.ts';
import { NOON } from './reports.ts';

/** A report on a real server, an operator's change, an agent's line, steps of those that warm up, clients'
 *  connections that failed, or the end of the time for that, or a reload. */
export type Move =
  | readonly [real: string, report: CheckReport]
  | {
      readonly override: Override | undefined;
      readonly of: string;
      readonly at?: number;
      readonly frees?: boolean;
    }
  | { readonly words: AgentWords; readonly of: string; readonly at?: number }
  | { readonly ejected: Ejection; readonly of: string; readonly at?: number }
  | { readonly released: string }
  | { readonly steps: Readonly<Record<string, number>> }
  | {
      readonly reload: VirtualService;
      readonly checking?: Checking;
      readonly at?: number;
    };

/** Where a script ended, and all that was told on the way. */
export interface Played {
  readonly pool: Pool;
  /** Log lines, and `fallbackcommand start|stop` where that would run. */
  readonly told: readonly string[];
  /** `id@weight` of what is in the table. */
  readonly table: readonly string[];
  /** `id state` of each real server. */
  readonly states: readonly string[];
}

/** Plays moves on a new pool of that service.
 *  @param found  what an earlier run left in force */
export function play(
  service: VirtualService,
  moves: readonly Move[],
  checking: Checking = 'checked',
  found: readonly RecoveredServer[] = [],
): Played {
  let step = configure(undefined, service, checking, NOON, { found });
  const told = tell(step);
  for (const move of moves) {
    step = next(step.pool, move, checking);
    told.push(...tell(step));
  }
  const { pool } = step;
  return {
    pool,
    told,
    table: pool.entry.servers.map(({ id, weight }) => `${id}@${weight}`),
    states: pool.reals.map(({ real, state }) => `${real.id} ${state}`),
  };
}

function next(pool: Pool, move: Move, checking: Checking): PoolStep {
  if ('reload' in move)
    return configure(pool, move.reload, move.checking ?? checking, move.at ?? NOON);
  if ('override' in move)
    return setOverride(pool, move.of, move.override, move.at ?? NOON, move.frees);
  if ('words' in move) return takeAgent(pool, move.of, move.words, move.at ?? NOON);
  if ('ejected' in move) return eject(pool, move.of, move.ejected, move.at ?? NOON);
  if ('released' in move)
    return { pool: release(pool, new Set([move.released])), changes: [] };
  if ('steps' in move) return warm(pool, new Map(Object.entries(move.steps)), NOON);
  return takeReport(pool, move[0], move[1]);
}

function tell({ pool, changes }: PoolStep): string[] {
  return changes.map((change) =>
    change.type === 'availability'
      ? `fallbackcommand ${change.up ? 'stop' : 'start'}`
      : String(logLine(pool.service, change)),
  );
}

/** A rule of the pool, shown on `tcp:10.1.1.19:80`. */
export interface PoolRule extends Pick<Played, 'told' | 'table' | 'states'> {
  readonly rule: string;
  /** What differs from the defaults. */
  readonly service: Partial<VirtualService>;
  readonly checking?: Checking;
  /** What an earlier run left in force: `id@weight`. */
  readonly found?: readonly string[];
  readonly moves: readonly Move[];
}

/** One test a rule. */
export function poolRules(rules: readonly PoolRule[]): void {
  for (const { rule, service, checking, found, moves, told, table, states } of rules)
    t.test(rule, async (t) => {
      const played = play(aService(service), moves, checking, found?.map(foundServer));
      t.strictSame(played.told, told);
      t.strictSame(played.table, table);
      t.strictSame(played.states, states);
    });
}

function foundServer(text: string): RecoveredServer {
  const [id = '', weight = ''] = text.split('@');
  return { id, weight: Number(weight) };
}
