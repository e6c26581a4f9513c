import { randomBytes } from 'node:crypto';
import type { ClientNews, LeftClients } from '../model/heritage.ts';
import type { Log } from '../model/log.ts';
import type { KeptOverride, RealRef } from '../model/override.ts';
import type { PeerOptions, PeerStatus } from '../model/peer.ts';
import type { LeftWishes, StampedWish } from '../model/peer-wish.ts';
import type { Told } from './items.ts';
import { Link } from './link.ts';
import { byOwnClock, type Message } from './messages.ts';
import { Reception } from './reception.ts';
import { isFair, Wishes, wordsOf } from './wishes.ts';

/** What is new is told so often. */
const EVERY_MS = 1_000;
/** Of a change in the log whose number cannot be. */
const UNFAIR_AGAIN_MS = 60_000;
/** So many changes are put in force in one turn of the event loop: some milliseconds of it. */
const A_TURN = 10;

/** What a director knows that others are to know, and takes of them. */
export interface PeerParties {
  /** Clients that persist; as `Heritage` has them. */
  news(): Promise<ClientNews>;
  endNews(): void;
  clients(): Promise<readonly string[]>;
  merge(left: readonly LeftClients[]): void;
  /** Whether there is such a real server here. */
  isThere(ref: RealRef): boolean;
  /** Puts in force what was changed by hand elsewhere. Never rejects.
   *  @returns what is now in force; undefined: it could not be */
  fulfil(wish: StampedWish): Promise<StampedWish['wish'] | undefined>;
  /** What the next run goes on with has changed. */
  keep(): void;
  readonly log: Log;
}

/** Other directors, which know what this one knows, and the other way round. */
export interface Peers {
  /** From now on with these; undefined: with none.
   *  @param secrets  of `parsePeerSecrets` */
  follow(options: PeerOptions | undefined, secrets: readonly Buffer[]): void;
  /** All that is in force by hand. */
  changed(overrides: readonly KeptOverride[]): void;
  /** There are other services than before: what others know of them is asked for. */
  ask(): void;
  status(): readonly PeerStatus[];
  left(): LeftWishes;
  /** Idempotent. */
  close(): void;
}

/** @param left  what the run before has left */
export function createPeers(left: LeftWishes, parties: PeerParties): Peers {
  return new Exchange(left, parties);
}

class Exchange implements Peers {
  readonly #parties: PeerParties;
  readonly #id: string;
  readonly #wishes: Wishes;
  #overrides: readonly KeptOverride[] = [];
  /** Whether they are others than were looked at. */
  #hasChanged = false;
  /** What is still to be put in force. */
  #due: StampedWish[] = [];
  #turn: NodeJS.Immediate | undefined;
  #links: readonly Link[] = [];
  #reception: Reception | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unfairAt = -UNFAIR_AGAIN_MS;
  #telling: Promise<void> = Promise.resolve();
  #isTelling = false;

  constructor(left: LeftWishes, parties: PeerParties) {
    this.#parties = parties;
    this.#id = left.origin;
    this.#wishes = new Wishes(left);
  }

  follow(options: PeerOptions | undefined, secrets: readonly Buffer[]): void {
    this.close();
    if (!options) return;
    const self = { id: this.#id, secrets, random: randomBytes };
    const { log } = this.#parties;
    this.#reception = new Reception(options.listen, {
      ...{ self, log },
      addresses: options.peers.map(({ address }) => address),
      take: (message) => this.#take(message),
      came: (peer) => {
        for (const link of this.#links) if ((link.peer ?? peer) === peer) link.hurry();
      },
    });
    const parties = { self, log, all: () => this.#all() };
    const changed = (link: Link) => this.#linkChanged(link);
    this.#links = options.peers.map(
      (place) => new Link(place, { ...parties, changed }),
    );
    this.#timer = setInterval(() => this.#tick(), EVERY_MS);
  }

  changed(overrides: readonly KeptOverride[]): void {
    this.#overrides = overrides;
    this.#hasChanged = true;
    this.#soon();
  }

  ask(): void {
    this.#reception?.ask();
  }

  status(): readonly PeerStatus[] {
    return this.#links.map((link) => ({
      ...link.status,
      ...(this.#reception?.statusOf(link.peer, link.place) ?? {
        ...{ heard: false, received: 0, dropped: 0 },
      }),
    }));
  }

  left(): LeftWishes {
    this.#see();
    return this.#wishes.left();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#see();
    this.#due = [];
    for (const link of this.#links) link.close();
    this.#links = [];
    this.#reception?.close();
    this.#reception = undefined;
    this.#parties.endNews();
  }

  #take(message: Message): { readonly entries: number; readonly dropped: number } {
    if (message.type === 'clients') {
      const left = byOwnClock(message, Date.now());
      this.#parties.merge(left);
      const entries = left.reduce((sum, { clients }) => sum + clients.length, 0);
      return { entries, dropped: 0 };
    }
    if (message.type !== 'wishes') return { entries: 0, dropped: 0 };
    // What an operator has changed before that is the earlier one.
    this.#see();
    const unfair = message.wishes.find((wish) => !isFair(wish));
    if (unfair) this.#sayUnfair(unfair);
    const dropped = this.#wishes.take(message.wishes);
    this.#parties.keep();
    this.#fulfil();
    return { entries: message.wishes.length, dropped };
  }

  /** Whoever says that again must not fill the log. */
  #sayUnfair({ service, real, count, origin }: StampedWish): void {
    if (performance.now() - this.#unfairAt < UNFAIR_AGAIN_MS) return;
    this.#unfairAt = performance.now();
    this.#parties.log.warn(
      `A peer tells a change of real server: ${real} (${service}) as the ${count}th, made at the director ${origin}: no director can have come to so many, and it is not taken (a restart of the peer mends its count; where it comes again, somebody else knows the secret)`,
    );
  }

  /** Each change that is put in force is a change of what is in force: of many in a row that is looked at once,
   *  and traffic and operators have their turn between them. */
  #soon(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#see();
      this.#goOn();
    });
  }

  /** Looks at what is in force here, and tells what an operator has changed of it. */
  #see(): void {
    if (!this.#hasChanged) return;
    this.#hasChanged = false;
    const told = this.#wishes.seen(this.#overrides, this.#parties.isThere);
    if (told.length > 0) this.#parties.keep();
    for (const link of this.#links) link.tellWishes(told);
    this.#due = [...this.#wishes.due(this.#parties.isThere)];
  }

  /** Puts in force what others have changed. */
  #fulfil(): void {
    this.#due = [...this.#wishes.due(this.#parties.isThere)];
    if (this.#due.length > 0) this.#soon();
  }

  #goOn(): void {
    for (const wish of this.#due.splice(0, A_TURN)) {
      this.#wishes.begin(wish);
      void this.#parties.fulfil(wish).then((now) => {
        this.#wishes.end(wish, now === undefined ? undefined : wordsOf(now));
        this.#parties.keep();
        // An operator may have changed it meanwhile.
        if (now !== undefined) this.changed(this.#overrides);
      });
    }
    if (this.#due.length > 0) this.#soon();
  }

  #linkChanged(link: Link): void {
    if (!this.#links.some(({ isUp }) => isUp)) this.#parties.endNews();
    // What comes while everything is gathered must be noted already.
    else if (link.isUp) void this.#tell().then(() => link.gather());
  }

  #tick(): void {
    this.#fulfil();
    const isWanted = this.#links.some(({ isUp }) => isUp);
    if (isWanted && !this.#isTelling) void this.#tell();
  }

  /** Tells what is new; one after the other. */
  #tell(): Promise<void> {
    this.#telling = this.#telling.then(async () => {
      this.#isTelling = true;
      const { texts, isAll } = await this.#parties.news();
      this.#isTelling = false;
      for (const link of this.#links)
        if (!isAll) link.tellAll();
        else if (texts.length > 0) link.tellClients(toldNow(texts));
    });
    return this.#telling;
  }

  async #all() {
    const clients = toldNow(await this.#parties.clients());
    return { clients, wishes: this.#wishes.all() };
  }
}

function toldNow(texts: readonly string[]): Told {
  return { texts, at: Date.now(), tick: performance.now() };
}
