import { endpoint } from '../../../model/address.ts';
import type { ServiceOutcome } from '../../../model/engine.ts';
import { canonical } from '../../host-addresses.ts';
import type { ListenReport } from '../protocol.ts';
import type { Place } from './problem.ts';

/** For how long a listener that has got another port lets clients in at the old one: those who were on
 *  their way there while the kernel's rules change, which takes seconds on a busy machine. It ends when
 *  its queue is empty then. Milliseconds. */
export const LINGER_MS = 5000;

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
  /** Where it listened before, and still lets clients in until then. */
  readonly former: { readonly port: number; readonly until: number } | undefined;
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
    former: undefined,
  };
}

/** It is to listen at another port. Back at the one before it needs no claim: nobody but its own
 *  workers is there. */
export function movedTo(place: Place, before: Listener): Listener {
  const now = performance.now();
  const { former } = before;
  const until = now + LINGER_MS;
  return {
    ...unheard(place),
    claimed: former?.port === place.port && now < former.until,
    former: isOpen(before) ? { port: before.place.port, until } : undefined,
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

/** Listening sockets that could go on to another worker. */
export function descriptorsIn(report: ListenReport): readonly number[] {
  return report.state === 'listening' ? (report.descriptors ?? []) : [];
}
