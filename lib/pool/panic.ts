import type { PoolChange } from './change.ts';
import { ejectionText } from './passive.ts';
import { isKept, type Pool, type RealServerState, stateOf } from './pool.ts';

/** The servers of a service with who is kept in force though it is down: checks take out no more than
 *  `panic-threshold` percents of them, and of those that failed while they took clients the last stay.
 *  Nobody is brought back: who is out comes in by a good check. Maintenance, drains, weight 0, what an
 *  agent says is down, and the reserve count neither way. The same array where nothing changes.
 *  @param before  undefined: the service is new */
export function heldBack(
  before: Pool | undefined,
  { service, reals }: Pick<Pool, 'service' | 'reals'>,
): readonly RealServerState[] {
  const { panicThreshold } = service.options;
  const isOff = panicThreshold === undefined;
  if (isOff && reals.every(({ held }) => held === undefined)) return reals;
  const counted = reals.filter(isCounted);
  const down = counted.filter(({ state }) => state === 'down');
  const most = mostDown(service, counted.length);
  // In the order in which they failed; who failed just now is the last.
  const staying = down
    .filter((state) => wasInForce(before, state))
    .toSorted((a, b) => orderOf(a) - orderOf(b));
  const more = Math.max(0, most - (down.length - staying.length));
  const held = new Map(
    staying.slice(more).map(({ real }, place) => [real.id, place + 1]),
  );
  const next = reals.map((state) => {
    // One that was drained goes on draining.
    const isDrained = isFailed(state) && state.real.weight === 0;
    const is = isDrained ? state.held : held.get(state.real.id);
    return is === state.held ? state : { ...state, held: is };
  });
  return next.some((state, row) => state !== reals[row]) ? next : reals;
}

/** Of how many more of a service's servers checks may end what another director has let in: of those that count no
 *  more are out than the threshold lets go.
 *  @param isOpen  whether that goes on until now, by the server's id */
export function mayGo(
  { service, reals }: Pick<Pool, 'service' | 'reals'>,
  isOpen: (id: string) => boolean,
): number {
  if (service.options.panicThreshold === undefined) return Infinity;
  const counted = reals.filter(isCounted);
  const out = counted.filter((known) => isAtRisk(known) && !isOpen(known.real.id));
  return Math.max(0, mostDown(service, counted.length) - out.length);
}

/** Whether it counts, and checks take it out: nobody holds it back here. */
export function isAtRisk(known: RealServerState): boolean {
  return isCounted(known) && known.state === 'down' && known.held === undefined;
}

function mostDown({ options }: Pool['service'], counted: number): number {
  return Math.floor(((options.panicThreshold ?? 100) * counted) / 100);
}

/** How many count for the threshold, and how many of them are down. */
export function panicCounts(reals: readonly RealServerState[]): {
  readonly of: number;
  readonly down: number;
  readonly held: number;
} {
  const counted = reals.filter(isCounted);
  return {
    of: counted.length,
    down: counted.filter(({ state }) => state === 'down').length,
    held: reals.filter(isKept).length,
  };
}

/** What is told of a panic: each server that stays, and that it is over. */
export function panicChanges(
  before: Pool | undefined,
  { service, reals, panic }: Pick<Pool, 'service' | 'reals' | 'panic'>,
): readonly PoolChange[] {
  if (!panic && !before?.panic) return [];
  const { of, down } = panicCounts(reals);
  const threshold = service.options.panicThreshold;
  if (!panic) return [{ type: 'panic-over', of, down }];
  return reals.flatMap((state) => {
    const { real, report, ejected } = state;
    const was = stateOf(before, real.id);
    const isNew = isKept(state) && !(was && isKept(was));
    const told = { server: real.id, of, down, threshold: threshold ?? 100, report };
    const passive = ejected && { passive: ejectionText(ejected) };
    return isNew ? [{ type: 'held', ...told, ...passive } as const] : [];
  });
}

function isCounted(known: RealServerState): boolean {
  if (known.real.role !== undefined) return false;
  return (known.state === 'up' || isFailed(known)) && known.real.weight > 0;
}

/** Its checks alone take it out: an agent that says `down` speaks for the server itself. */
function isFailed({ state, agent }: RealServerState): boolean {
  return state === 'down' && (agent?.down ?? null) === null;
}

/** Whether it took clients until now, as an earlier run left it among them. */
function wasInForce(before: Pool | undefined, { real }: RealServerState): boolean {
  const was = stateOf(before, real.id);
  if (was?.state === 'starting') return (was.found ?? 0) > 0;
  return was?.state === 'up' || was?.held !== undefined;
}

function orderOf({ held }: RealServerState): number {
  return held ?? Infinity;
}
