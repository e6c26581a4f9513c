import { Networks } from '../../../model/networks.ts';
import type { Ends } from '../../../model/proxy-header.ts';
import type { CarriedLimits } from '../protocol.ts';
import { Sources } from '../table/sources.ts';
import { addressOf, type Desk, type Line } from './desk.ts';

/** What {@link Gate.enter} says where it lets in whom it does not count. */
export const UNCOUNTED = -1;
const DENIED = -2;
const LIMITED = -3;

/** Between two words to the operator about sources with too many connections. */
const TELL_MS = 1000;

/** What the gates of one worker count in. */
export interface Counting {
  readonly sources: Sources;
  /** The one that all workers share. */
  readonly clock: () => number;
}

/** Who may use a service, by their addresses: asked before anything is spent on a client. */
export class Gate {
  /** The number of its record. */
  readonly #service: number;
  readonly #limits: CarriedLimits;
  readonly #allow: Networks | undefined;
  readonly #deny: Networks | undefined;
  readonly #counting: Counting;
  #toldAt = -Infinity;

  constructor(service: number, limits: CarriedLimits, counting: Counting) {
    this.#service = service;
    this.#limits = limits;
    this.#allow = networksOf(limits.allow);
    this.#deny = networksOf(limits.deny);
    this.#counting = counting;
  }

  /** Whether the lists keep the client out.
   *  @param address  4 or 16 bytes, not IPv4-mapped */
  denies(address: Uint8Array): boolean {
    if (this.#deny?.has(address)) return true;
    return this.#allow !== undefined && !this.#allow.has(address);
  }

  /** One more connection of the client; one without an address is denied. @returns a ticket, by which it leaves; see {@link reasonOf} */
  enter(address: Uint8Array): number {
    if (address.length === 0 || this.denies(address)) return DENIED;
    const { connections, rate, netmask6 } = this.#limits;
    if (connections === 0 && rate === 0) return UNCOUNTED;
    const { sources, clock } = this.#counting;
    const ticket = sources.enter(
      this.#service,
      address,
      netmask6,
      this.#limits,
      clock(),
    );
    return ticket === Sources.REFUSED ? LIMITED : ticket;
  }

  /** Whether the operator is to hear of a source with too many now. */
  mayTell(): boolean {
    const now = this.#counting.clock();
    if (now - this.#toldAt < TELL_MS) return false;
    this.#toldAt = now;
    return true;
  }
}

/** Why the gate is shut for the client; undefined: it is let in. */
export function reasonOf(ticket: number): 'denied' | 'limited' | undefined {
  if (ticket >= UNCOUNTED) return undefined;
  return ticket === DENIED ? 'denied' : 'limited';
}

/** Asks the line's gate for a client, counts one who is kept out, and tells of it now and then.
 *  @returns a ticket; undefined: it is kept out */
export function ticketFor(line: Line, desk: Desk, client: Ends): number | undefined {
  const { gate, switchboard, id } = line;
  if (!gate) return UNCOUNTED;
  const ticket = gate.enter(addressOf(client));
  const reason = reasonOf(ticket);
  if (!reason) return ticket;
  switchboard.record.tally(reason);
  if (reason === 'limited' && gate.mayTell()) {
    const about = `${id}, ${client.remoteAddress}`;
    desk.tell({ type: 'notice', kind: 'source', about });
  }
  return undefined;
}

function networksOf(text: string): Networks | undefined {
  return text === '' ? undefined : new Networks(text.split(','));
}
