import { createServer, type Server, type Socket } from 'node:net';
import { endpoint } from '../model/address.ts';
import { addressBytes, addressText, unmapped } from '../model/address-bytes.ts';
import type { Log } from '../model/log.ts';
import type { PeerPlace } from '../model/peer.ts';
import { Conversation } from './conversation.ts';
import { answering, type Self } from './handshake.ts';
import type { Message } from './messages.ts';

/** Who have not proved yet who they are, and all together; one more is turned away. Who comes from a peer's address
 *  is counted apart: who knocks all the time from elsewhere must not keep him out. */
const MOST_KNOCKING = { elsewhere: 8, peers: 64 } as const;
const MOST = 64;
/** An address that is not there yet, or that a director before this one still has. */
const LISTEN_AGAIN_MS = 1_000;
/** Of a refusal in the log. */
const LOG_AGAIN_MS = 60_000;

/** One that is heard. */
interface Guest {
  readonly address: string;
  readonly conversation: Conversation;
  heard: number;
}

/** From where one comes. */
type From = keyof typeof MOST_KNOCKING;

/** However it is written. */
function plainAddress(address: string): string {
  return addressText(unmapped(addressBytes(address)));
}

/** What a reception works with. */
export interface ReceptionParties {
  readonly self: Self;
  /** Where peers are expected from. */
  readonly addresses: readonly string[];
  /** @returns how many entries it has, and how many of them there was no room for */
  take(message: Message): { readonly entries: number; readonly dropped: number };
  /** Somebody is there. */
  came(peer: string): void;
  readonly log: Log;
}

/** Listens for other directors, and hears what they tell. */
export class Reception {
  readonly #place: PeerPlace;
  readonly #parties: ReceptionParties;
  readonly #addresses: ReadonlySet<string>;
  readonly #strangers = new Map<Conversation, From>();
  readonly #open: Record<From, number> = { elsewhere: 0, peers: 0 };
  /** By their ids. */
  readonly #guests = new Map<string, Guest>();
  readonly #numbers = new Map<string, { received: number; dropped: number }>();
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;
  #problem: string | undefined;
  #loggedAt = -LOG_AGAIN_MS;
  #isClosed = false;

  constructor(place: PeerPlace, parties: ReceptionParties) {
    this.#place = place;
    this.#parties = parties;
    this.#addresses = new Set(parties.addresses.map(plainAddress));
    this.#listen();
  }

  /** Whether it is heard, by its id or, where that is not known, by its address; and what it has told. */
  statusOf(peer: string | undefined, place: PeerPlace) {
    const address = plainAddress(place.address);
    const id =
      peer ??
      [...this.#guests].find(([, guest]) => guest.address === address)?.[0] ??
      '';
    const { received = 0, dropped = 0 } = this.#numbers.get(id) ?? {};
    return { heard: this.#guests.has(id), received, dropped };
  }

  /** Everything is to be told again. */
  ask(): void {
    for (const { conversation } of this.#guests.values())
      conversation.say('{"type":"ask"}');
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#server?.close();
    for (const stranger of [...this.#strangers.keys()]) stranger.close();
    for (const { conversation } of [...this.#guests.values()]) conversation.close();
  }

  #listen(): void {
    const server = createServer((socket) => this.#receive(socket));
    this.#server = server;
    server.on('error', (error) => this.#failed(error.message));
    server.listen({ host: this.#place.address, port: this.#place.port }, () => {
      if (this.#problem !== undefined)
        this.#parties.log.info(`Listening for peers at ${this.#at}`);
      this.#problem = undefined;
    });
  }

  get #at(): string {
    return endpoint(this.#place.address, this.#place.port);
  }

  #failed(why: string): void {
    if (this.#isClosed) return;
    if (this.#problem !== why)
      this.#parties.log.warn(
        `Cannot listen for peers at ${this.#at}: ${why} (tried again every second)`,
      );
    this.#problem = why;
    this.#server?.close();
    this.#timer = setTimeout(() => this.#listen(), LISTEN_AGAIN_MS);
  }

  #receive(socket: Socket): void {
    const { remoteAddress } = socket;
    // It may have gone already.
    if (remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    const address = plainAddress(remoteAddress);
    const from = this.#addresses.has(address) ? 'peers' : 'elsewhere';
    if (!this.#hasRoom(from)) {
      socket.destroy();
      return;
    }
    this.#open[from]++;
    let peer: string | undefined;
    const conversation = new Conversation(socket, answering(this.#parties.self), {
      begun: (session) => {
        ({ peer } = session);
        this.#strangers.delete(conversation);
        this.#welcome(peer, { address, conversation, heard: 0 });
      },
      heard: (message) => this.#heard(peer ?? '', conversation, message),
      over: (why) => {
        this.#open[from]--;
        this.#strangers.delete(conversation);
        if (peer === undefined) this.#sayRefused(address, why);
        else if (this.#guests.get(peer)?.conversation === conversation)
          this.#guests.delete(peer);
      },
    });
    this.#strangers.set(conversation, from);
  }

  #hasRoom(from: From): boolean {
    const knocking = [...this.#strangers.values()].filter((one) => one === from);
    return knocking.length < MOST_KNOCKING[from] && this.#open[from] < MOST;
  }

  /** One that has lost its connection without a word has another one already. */
  #welcome(peer: string, guest: Guest): void {
    const before = this.#guests.get(peer);
    this.#guests.set(peer, guest);
    before?.conversation.close();
    this.#parties.came(peer);
  }

  #heard(peer: string, conversation: Conversation, message: Message): void {
    const guest = this.#guests.get(peer);
    if (guest?.conversation !== conversation) return;
    const { entries, dropped } = this.#parties.take(message);
    const numbers = this.#numbers.get(peer) ?? { received: 0, dropped: 0 };
    numbers.received += entries;
    numbers.dropped += dropped;
    this.#numbers.set(peer, numbers);
    conversation.say(`{"type":"done","count":${++guest.heard}}`);
  }

  /** Whoever knocks must not fill the log. */
  #sayRefused(address: string, why: string): void {
    if (performance.now() - this.#loggedAt < LOG_AGAIN_MS) return;
    this.#loggedAt = performance.now();
    this.#parties.log.warn(`Refused a peer from ${address}: ${why}`);
  }
}
