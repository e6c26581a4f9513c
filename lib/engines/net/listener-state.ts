import { endpoint } from '../../model/address.ts';
import type { ServiceOutcome } from '../../model/engine.ts';
import { canonical } from '../host-addresses.ts';
import type { Place } from './problem.ts';
import type { ListenReport } from './protocol.ts';

/** How the listeners of one service are. */
export interface Listener {
  place: Place;
  outcome: ServiceOutcome;
  /** Why it does not listen; undefined when all is well. */
  code: string | undefined;
  triedAt: number;
  /** The last report of each worker. */
  readonly reports: Map<number, ListenReport>;
  /** The address is ours: a worker listens, or has been told to. */
  claimed: boolean;
  /** Why it could not be claimed. */
  refused: string | undefined;
}

/** Nothing was tried yet. */
export function unheard(place: Place): Listener {
  return {
    place,
    outcome: { id: place.id, state: 'idle' },
    code: undefined,
    triedAt: 0,
    reports: new Map(),
    claimed: false,
    refused: undefined,
  };
}

/** Whether clients are let in, be it by one worker only. */
export function isOpen({ reports }: Listener): boolean {
  return [...reports.values()].some(({ state }) => state === 'listening');
}

/** As `ipvsServices` has it. */
export function endpointOf({ protocol, address, port }: Place): string {
  return `${protocol}:${endpoint(canonical(address), port)}`;
}
