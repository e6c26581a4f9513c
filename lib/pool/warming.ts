import type { ServerEntry } from '../model/engine.ts';
import { type Shares, sharesOf } from '../model/shares.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import type { PoolChange } from './change.ts';
import { weightInForce } from './entry.ts';
import { type Pool, type RealServerState, stateOf } from './pool.ts';
import { weightsFor } from './shares.ts';

/** A server that came back gets its share in so many steps. */
export const WARM_STEPS = 10;

/** The part of its share that a server has at a step, 0 the first: what it should have in the middle of it. */
export function partAt(step: number): number {
  return (step + 0.5) / WARM_STEPS;
}

/** The servers of a service with who begins to warm up, and who does so no more: one that came back from
 *  being down or in maintenance while another takes clients. Not one whose weight was set by hand. One that is
 *  drained on the way stays at its step.
 *  @param before  undefined: the service is new */
export function warmedUp(
  before: Pool | undefined,
  { service, reals }: Pick<Pool, 'service' | 'reals'>,
): readonly RealServerState[] {
  const warms = sharesToGrow(service) !== undefined;
  if (!warms && reals.every(({ warming }) => warming === undefined)) return reals;
  const takers = reals.filter((state) => takesClients(service, state));
  // Fallbacks go when it comes; who of the reserve comes is needed at once.
  const isAlone = takers.filter(({ real }) => real.role !== 'fallback').length < 2;
  return reals.map((state) => {
    const may = warms && state.real.role === undefined && !isWeighed(state);
    const goesOn = may && !isAlone && state.state === 'up';
    const waits = may && state.state === 'drain';
    const known = goesOn || waits ? state.warming : undefined;
    const warming = known ?? (goesOn ? beginning(before, state) : undefined);
    return warming === state.warming ? state : { ...state, warming };
  });
}

/** Whether it takes less than its share now, and more by and by. */
export function isWarming({ state, warming }: RealServerState): boolean {
  return warming !== undefined && state === 'up';
}

function beginning(before: Pool | undefined, { real }: RealServerState): 0 | undefined {
  const was = stateOf(before, real.id);
  const isBack = was?.state === 'down' || was?.state === 'maintenance';
  // One that was held back in a panic was never away.
  return before?.settled && isBack && was.held === undefined ? 0 : undefined;
}

function isWeighed({ override }: RealServerState): boolean {
  return (override?.weight ?? null) !== null;
}

function takesClients(service: VirtualService, state: RealServerState): boolean {
  return (weightInForce(service, state) ?? 0) > 0;
}

/** What is told of warming up: that it begins, and that a server has its whole share. */
export function warmChanges(
  before: Pool | undefined,
  { service, reals }: Pick<Pool, 'service' | 'reals'>,
): readonly PoolChange[] {
  return reals.flatMap((state): readonly PoolChange[] => {
    const was = stateOf(before, state.real.id)?.warming;
    const told = { server: state.real.id, weight: state.real.weight };
    if (was === undefined && state.warming !== undefined)
      return [{ type: 'warming', ...told, ms: service.options.slowStartMs ?? 0 }];
    const isWarm = was !== undefined && state.warming === undefined;
    return isWarm && state.state === 'up' ? [{ type: 'warm', ...told }] : [];
  });
}

/** The weights that are in force while a server warms up, by id, of all that take clients, and what of its own
 *  weight each has. */
export function warmWeights(
  service: VirtualService,
  reals: readonly RealServerState[],
): ReadonlyMap<string, Required<Pick<ServerEntry, 'weight' | 'share'>>> {
  const even = sharesToGrow(service)?.even;
  const takers = reals.filter((state) => takesClients(service, state));
  const sharers = takers.map((state) => ({
    id: state.real.id,
    weight: weightInForce(service, state) ?? 1,
    part: state.warming === undefined ? 1 : partAt(state.warming),
  }));
  const weights = weightsFor(
    even ? sharers.map(({ part }) => ({ weight: 1, part })) : sharers,
  );
  return new Map(
    sharers.map(({ id, weight, part }, row) => [
      id,
      { weight: weights[row] ?? 1, share: weight * part },
    ]),
  );
}

/** The service as an engine is to carry it while a server warms up: the same object for the same one. */
export function warmService(service: VirtualService): VirtualService {
  const scheduler = sharesToGrow(service)?.scheduler ?? service.scheduler;
  if (scheduler === service.scheduler) return service;
  const known = STAND_INS.get(service) ?? { ...service, scheduler };
  STAND_INS.set(service, known);
  return known;
}

const STAND_INS = new WeakMap<VirtualService, VirtualService>();

function sharesToGrow({ scheduler, options }: VirtualService): Shares | undefined {
  return options.slowStartMs === undefined ? undefined : sharesOf(scheduler);
}
