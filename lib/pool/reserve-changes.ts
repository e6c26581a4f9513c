import type { PoolChange, TableChange } from './change.ts';
import { weightInForce } from './entry.ts';
import { ejectionText } from './passive.ts';
import { countsAsUp, type Pool, type RealServerState, stateOf } from './pool.ts';
import { hasReserve } from './reserve.ts';

type Team = Pick<Pool, 'service' | 'reals' | 'index'>;

/** What is told of spares and fallbacks that are checked: who can serve and who cannot, then who steps in and
 *  out. A first report that is good is no news. */
export function reserveChanges(
  before: Team | undefined,
  after: Team,
): readonly PoolChange[] {
  if (!hasReserve(after.reals)) return [];
  const rows = after.reals.filter(({ real }) => real.role !== undefined);
  return [
    ...rows.flatMap((state) => healthChange(stateOf(before, state.real.id), state)),
    ...rows.flatMap((state) => dutyChange(before, after, state)),
  ];
}

function healthChange(
  was: RealServerState | undefined,
  is: RealServerState,
): readonly PoolChange[] {
  const { state, report, ejected, agent } = is;
  const told = { server: is.real.id, role: is.real.role ?? 'spare' } as const;
  const [wasOut, isOut] = [isDown(was), isDown(is)];
  if (wasOut && countsAsUp(state)) return [{ type: 'reserve-up', ...told, report }];
  if (!isOut || state === was?.state) return [];
  // By hand and by an agent nothing was found.
  const isFound = report !== was?.report;
  return [
    {
      ...{ type: 'reserve-down', ...told, state },
      report: isFound ? report : undefined,
      ...(ejected && { passive: ejectionText(ejected) }),
      ...(agent?.down != null && { agent: agent.down }),
    },
  ];
}

function isDown(known: RealServerState | undefined): boolean {
  return known?.state === 'down' || known?.state === 'maintenance';
}

function dutyChange(
  before: Team | undefined,
  { service }: Team,
  state: RealServerState,
): readonly PoolChange[] {
  const known = stateOf(before, state.real.id);
  const was = before && known && weightInForce(before.service, known);
  const is = weightInForce(service, state);
  const type = typeOf(was, is, state);
  const { id: server, role } = state.real;
  const weight = is ?? 0;
  return type
    ? [{ type, server, fallback: false, role, weight, report: undefined }]
    : [];
}

function typeOf(
  was: number | undefined,
  is: number | undefined,
  { state }: RealServerState,
): TableChange['type'] | undefined {
  if (was === is || state === 'starting') return undefined;
  if (is === undefined) return 'deleted';
  if (is === 0) return 'quiesced';
  if (was === undefined) return 'added';
  return was === 0 ? 'restored' : 'reweighed';
}
