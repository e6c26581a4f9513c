import type { Datagrams } from '../../protocol.ts';
import { dnsNumber, isDnsQuery } from './dns-message.ts';
import { Links } from './links.ts';

/** A datagram without an answer is kept for another server if it is no larger: more than fits into
 *  one packet of most networks, and than a DNS query has. */
const KEPT_BYTES = 2048;

/** What the client of a session has sent and waits for. */
export class Question extends Links {
  #number = -1;
  #isQuery = false;
  #kept: Uint8Array | undefined;
  #waits = false;

  /** Whether it is a DNS query: a DNS server owes others no answer. */
  get isQuery(): boolean {
    return this.#isQuery;
  }

  /** Whether nothing is answered yet. */
  get waits(): boolean {
    return this.#waits;
  }

  /** The last datagram, until anything is answered; undefined: it was too large to be kept. */
  get kept(): Uint8Array | undefined {
    return this.#kept;
  }

  /** The first datagram. */
  protected ask(datagram: Uint8Array): void {
    this.#number = dnsNumber(datagram);
    this.#isQuery = isDnsQuery(datagram);
    this.keep(datagram);
  }

  protected keep(datagram: Uint8Array): void {
    this.#waits = true;
    this.#kept = datagram.length <= KEPT_BYTES ? datagram : undefined;
  }

  /** It has its answer. */
  protected settle(): void {
    this.#waits = false;
    this.#kept = undefined;
  }

  /** With DNS it may be an answer to the query before, whose socket this was; each repeats the number of
   *  its own. Source: RFC 1035, section 4.1.1. */
  protected isAnsweredBy(datagram: Uint8Array, datagrams: Datagrams): boolean {
    return datagrams !== 'queries' || dnsNumber(datagram) === this.#number;
  }
}
