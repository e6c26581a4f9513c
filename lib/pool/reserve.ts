import type { RealState } from '../model/status.ts';
import type { ReserveRole, VirtualService } from '../model/virtual-service.ts';
import { weightInForce } from './entry.ts';
import { countsAsUp, type Pool, type RealServerState, stateOf } from './pool.ts';
import { isWarming } from './warming.ts';

/** The duty of one that has stepped out: at weight 0, until what it has is over. */
export const LEAVING = 0;

type Team = Pick<Pool, 'service' | 'reals'>;

/** Whether the service has spares or fallbacks that are checked: they stand last. */
export function hasReserve(reals: readonly RealServerState[]): boolean {
  return reals.at(-1)?.real.role !== undefined;
}

/** The servers with who of the spares is in: one for each real server that is meant to take clients and
 *  takes none. Who is in stays as long as there is need, the last to come goes first, and the next one that
 *  is up comes, in the order of the list. For a real server that warms up or has no report yet nobody
 *  comes, and who is in stays. But where no real server serves, as when a name has others all at once or none
 *  any more, those without a report count too, and one comes in any case. The same array where nothing changes.
 *  @param settled  the service has left its start behind */
export function withSpares(
  { service, reals }: Team,
  settled: boolean,
): readonly RealServerState[] {
  if (!hasReserve(reals)) return reals;
  const isBare = settled && !reals.some((state) => isServing(service, state));
  const lacks = { sure: 0, perhaps: 0 };
  for (const state of reals) {
    const lack = lackOf(service, state);
    if (lack) lacks[lack]++;
  }
  const all = lacks.sure + lacks.perhaps;
  const toStay = Math.max(all, isBare ? 1 : 0);
  const toCome = isBare ? toStay : lacks.sure;
  const spares = reals.filter(({ real }) => real.role === 'spare');
  const staying = spares
    .filter((state) => isIn(state) && canServe(state))
    .toSorted((a, b) => (a.duty ?? 0) - (b.duty ?? 0))
    .slice(0, toStay);
  const coming = spares
    .filter((state) => canServe(state) && !isIn(state))
    .slice(0, Math.max(0, toCome - staying.length));
  return onDuty({ service, reals }, 'spare', [...staying, ...coming]);
}

/** The servers with which of the listed fallbacks are in: all that are up while nobody else is.
 *  @param active  undefined: that is not known yet, and who is in stays */
export function withFallbacks(
  { service, reals }: Team,
  active: boolean | undefined,
): readonly RealServerState[] {
  if (!hasReserve(reals)) return reals;
  const serving = reals.filter(
    (state) =>
      state.real.role === 'fallback' && canServe(state) && (active ?? isIn(state)),
  );
  return onDuty({ service, reals }, 'fallback', serving);
}

/** A server as it is listed now: one that the reserve has got, by a reload or from an earlier run, has left or is in
 *  until it is known better. */
export function listed(
  before: Pool | undefined,
  state: RealServerState,
): RealServerState {
  const { real, found } = state;
  if (real.role === undefined)
    return state.duty === undefined ? state : { ...state, duty: undefined };
  const known = stateOf(before, real.id);
  if (known?.real.role !== undefined) return state;
  if (before && known) {
    const wasIn = weightInForce(before.service, known) !== undefined;
    return wasIn ? { ...state, duty: LEAVING } : state;
  }
  if (found === undefined) return state;
  return { ...state, duty: found > 0 ? 1 : LEAVING };
}

/** Takes clients: what of the reserve does. */
export function isIn({ duty }: Pick<RealServerState, 'duty'>): boolean {
  return duty !== undefined && duty !== LEAVING;
}

/** Whether it can take a client: it is up, or an earlier run left it in force and no report says otherwise. */
function canServe({ real, state, found }: RealServerState): boolean {
  return real.weight > 0 && (state === 'up' || (state === 'starting' && !!found));
}

/** A real server that counts as up, or has clients led to it. */
function isServing(service: VirtualService, known: RealServerState): boolean {
  const { real, state } = known;
  if (real.role !== undefined) return false;
  return countsAsUp(state) || (weightInForce(service, known) ?? 0) > 0;
}

/** Whether a spare is to stand in for it: surely, or for one that is in already. */
function lackOf(
  service: VirtualService,
  known: RealServerState,
): 'sure' | 'perhaps' | undefined {
  const { real, configured, state } = known;
  if (real.role !== undefined || configured.weight === 0 || state === 'unchecked')
    return undefined;
  if (isWarming(known)) return 'perhaps';
  if ((weightInForce(service, known) ?? 0) > 0) return undefined;
  return state === 'starting' ? 'perhaps' : 'sure';
}

/** Its state as people and programs see it: of the reserve one that could serve and does not stands by. */
export function seenState(
  known: Pick<RealServerState, 'real' | 'state' | 'duty'>,
): RealState {
  const { real, state } = known;
  const standsBy = real.role !== undefined && state === 'up' && !isIn(known);
  return standsBy ? 'standby' : state;
}

/** Who was in and is not among them leaves; one that is down and out of the table has left. */
function onDuty(
  { service, reals }: Team,
  role: ReserveRole,
  serving: readonly RealServerState[],
): readonly RealServerState[] {
  const places = new Map(serving.map((state, place) => [state, place + 1]));
  const dutyOf = (state: RealServerState) => {
    const place = places.get(state);
    if (place !== undefined || state.duty === undefined) return place;
    const after = weightInForce(service, { ...state, duty: LEAVING });
    return after === undefined ? undefined : LEAVING;
  };
  const next = reals.map((state) => {
    const duty = state.real.role === role ? dutyOf(state) : state.duty;
    return duty === state.duty ? state : { ...state, duty };
  });
  return next.some((state, row) => state !== reals[row]) ? next : reals;
}
