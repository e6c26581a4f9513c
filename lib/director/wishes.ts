import { type AgentSaid, agentText } from '../model/agent.ts';
import type { EndingDrain, KeptOverride, Override, Wish } from '../model/override.ts';
import type { Pool } from '../pool/pool.ts';

/** What becomes of an override when an operator wishes something of its real server.
 *  @param configured  weight in the file: to wish that one is to wish nothing
 *  @param at          wall clock, milliseconds since 1970
 *  @returns undefined: nothing is left of it */
export function granted(
  before: Override | undefined,
  configured: number,
  wish: Wish,
  { by, at }: { readonly by: string; readonly at: number },
): Override | undefined {
  const state = wish.state ?? before?.state ?? 'ready';
  const wished = wish.weight === undefined ? (before?.weight ?? null) : wish.weight;
  const weight = wished === configured ? null : wished;
  if (state === 'ready' && weight === null) return undefined;
  if (state === before?.state && weight === before.weight) return before;
  return { state, weight, by, since: new Date(at).toISOString() };
}

/** One thing that an operator changed of a real server. */
export interface Audited {
  readonly what: 'weight' | 'state' | 'agent';
  /** Null: what an agent held down. */
  readonly old: Override['state'] | number | null;
  readonly new: Override['state'] | number;
  /** Of an agent: what it had said, which is forgotten. */
  readonly said?: string;
}

/** What became of a wish. */
export interface Fulfilled {
  readonly before: Override | undefined;
  readonly after: Override | undefined;
  readonly audit: readonly Audited[];
}

/** What differs between two overrides. */
export function audited(
  before: Override | undefined,
  after: Override | undefined,
  configured: number,
): readonly Audited[] {
  const values = (override: Override | undefined) => ({
    state: override?.state ?? 'ready',
    weight: override?.weight ?? configured,
  });
  const was = values(before);
  const is = values(after);
  return (['state', 'weight'] as const)
    .filter((what) => was[what] !== is[what])
    .map((what) => ({ what, old: was[what], new: is[what] }));
}

/** What an agent had said, where an operator's `ready` made that forgotten. */
export function auditedAgent(
  before: AgentSaid | undefined,
  after: AgentSaid | undefined,
): readonly Audited[] {
  if (!before || before === after) return [];
  const old = before.down === null ? before.state : null;
  return [{ what: 'agent', old, new: 'ready', said: agentText(before) }];
}

/** All that operators have changed.
 *  @param drains  those that wait for their deadline */
export function overridesOf(
  pools: readonly Pool[],
  drains: readonly EndingDrain[] = [],
): readonly KeptOverride[] {
  const ends = new Map(
    drains.map(({ service, real, at, by }) => [`${service} ${real}`, { at, by }]),
  );
  return pools.flatMap(({ service: { id: service }, reals }) =>
    reals.flatMap(({ configured: real, override }) =>
      override
        ? [{ service, real, override, drain: ends.get(`${service} ${real.id}`) }]
        : [],
    ),
  );
}
