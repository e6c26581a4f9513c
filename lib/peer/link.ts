import { connect } from 'node:net';
import { endpoint } from '../model/address.ts';
import type { Log } from '../model/log.ts';
import type { PeerPlace } from '../model/peer.ts';
import type { StampedWish } from '../model/peer-wish.ts';
import { ALIVE_MS, Conversation } from './conversation.ts';
import { dialling, type Self } from './handshake.ts';
import { clientItems, type Told, wishItems } from './items.ts';
import type { Message } from './messages.ts';
import { type Item, Outbox } from './outbox.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** One that was there for so long has taken what it was told. */
const LASTS_MS = 30_000;
/** What could not be gathered is tried again after that time. */
const GATHER_AGAIN_MS = 1_000;

/** What a link works with. */
export interface LinkParties {
  readonly self: Self;
  /** Everything there is to tell. @throws Error where it cannot be known now */
  all(): Promise<{ readonly clients: Told; readonly wishes: readonly StampedWish[] }>;
  /** It has come up, or gone down. */
  changed(link: Link): void;
  readonly log: Log;
}

/** The way to another director: dialled for until it is there, and again when it is lost. What is to be told goes
 *  over it; what is to be heard comes over the one that the other director has dialled. */
export class Link {
  readonly place: PeerPlace;
  readonly name: string;
  readonly #parties: LinkParties;
  #conversation: Conversation | undefined;
  #outbox: Outbox | undefined;
  #peer: string | undefined;
  #waitMs = FIRST_WAIT_MS;
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #since = new Date();
  #dialledAt = 0;
  #beganAt = 0;
  /** It was there, and lost again soon: what one of the two says, the other one does not take. */
  #wasShort = false;
  /** Whether the log has that it is connected now. */
  #isSaid = false;
  #problem: string | undefined = 'it has not been reached yet';
  #logged: string | undefined;
  #sent = 0;
  #isClosed = false;

  constructor(place: PeerPlace, parties: LinkParties) {
    this.place = place;
    this.name = endpoint(place.address, place.port);
    this.#parties = parties;
    this.#dial();
  }

  get isUp(): boolean {
    return this.#outbox !== undefined;
  }

  /** The other director's id, once it was reached. */
  get peer(): string | undefined {
    return this.#peer;
  }

  get status() {
    return {
      peer: this.name,
      connected: this.isUp,
      since: this.#since.toISOString(),
      sent: this.#sent + (this.#outbox?.sent ?? 0),
      behind: this.#outbox?.behind ?? 0,
      problem: this.#problem ?? null,
    };
  }

  /** The other director has shown that it is there: it is dialled for at once, though not again within a second,
   *  and not where it was lost as soon as it was there. */
  hurry(): void {
    if (!this.#timer || this.isUp || this.#wasShort) return;
    clearTimeout(this.#timer);
    this.#waitMs = FIRST_WAIT_MS;
    const leastMs = this.#dialledAt + FIRST_WAIT_MS - performance.now();
    this.#timer = setTimeout(() => this.#dial(), Math.max(0, leastMs));
  }

  /** Everything is to be told. */
  tellAll(): void {
    this.#outbox?.wantAll();
    this.gather();
  }

  tellClients(told: Told): void {
    this.#tell(clientItems(told));
  }

  tellWishes(wishes: readonly StampedWish[]): void {
    this.#tell(wishItems(wishes), true);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#conversation?.close();
  }

  #tell(items: readonly Item[], isUrgent = false): void {
    this.#outbox?.tell(items, isUrgent);
    this.gather();
  }

  #dial(): void {
    this.#timer = undefined;
    this.#dialledAt = performance.now();
    const { address: host, port } = this.place;
    const socket = connect({ host, port });
    const { first, side } = dialling(this.#parties.self);
    this.#conversation = new Conversation(
      socket,
      side,
      {
        begun: ({ peer }) => this.#begun(peer),
        heard: (message) => this.#heard(message),
        over: (why) => this.#over(why),
      },
      first,
    );
  }

  #begun(peer: string): void {
    this.#peer = peer;
    this.#outbox = new Outbox((text) => this.#conversation?.say(text));
    this.#since = new Date();
    this.#beganAt = performance.now();
    this.#problem = undefined;
    if (!this.#wasShort) this.#sayConnected();
    this.#timer = setInterval(() => this.#beAlive(), ALIVE_MS);
    this.#parties.changed(this);
  }

  /** Of one that comes and goes the log has that it lasts. */
  #sayConnected(): void {
    this.#isSaid = true;
    this.#parties.log.info(`Peer ${this.name}: connected`);
  }

  #beAlive(): void {
    if (!this.#isSaid && this.#hasLasted) this.#sayConnected();
    const alive = { text: () => '{"type":"alive"}', entries: 0 };
    if (this.#outbox?.isIdle) this.#outbox.tell([alive], true);
  }

  get #hasLasted(): boolean {
    return performance.now() - this.#beganAt > LASTS_MS;
  }

  #heard(message: Message): void {
    if (message.type === 'done') this.#outbox?.done(message.count);
    if (message.type === 'ask') this.#outbox?.wantAll();
    this.gather();
  }

  /** Gathers everything, where that is wanted and there is room. */
  gather(): void {
    const outbox = this.#outbox;
    if (!outbox?.wantsAll) return;
    outbox.gather();
    this.#parties.all().then(
      ({ clients, wishes }) =>
        outbox.tellAll([...wishItems(wishes), ...clientItems(clients)]),
      (error: unknown) => {
        this.#parties.log.debug(`Peer ${this.name}: ${String(error)}`);
        if (outbox === this.#outbox)
          this.#again = setTimeout(() => this.tellAll(), GATHER_AGAIN_MS);
      },
    );
  }

  #over(why: string): void {
    const wasUp = this.isUp;
    clearInterval(this.#timer);
    clearTimeout(this.#again);
    this.#timer = undefined;
    // One that is there, and takes nothing, is not asked again and again.
    this.#wasShort = wasUp && !this.#hasLasted;
    if (wasUp && this.#hasLasted) this.#waitMs = FIRST_WAIT_MS;
    this.#sent += this.#outbox?.sent ?? 0;
    this.#outbox = undefined;
    if (wasUp) this.#since = new Date();
    this.#problem = why;
    if (this.#isClosed) return;
    if (this.#isSaid || why !== this.#logged)
      this.#parties.log.warn(
        `Peer ${this.name}: ${wasUp ? 'lost' : 'not connected'}: ${why} (it is tried again and again)`,
      );
    this.#logged = why;
    this.#isSaid = false;
    this.#timer = setTimeout(() => this.#dial(), this.#waitMs);
    this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_WAIT_MS);
    if (wasUp) this.#parties.changed(this);
  }
}
