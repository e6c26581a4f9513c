import type { ReceiptOptions } from '../delivery/receipt.ts';
import { type Message, textOf } from '../wire/message.ts';
import { open } from '../wire/seal.ts';
import { Correspondent } from './correspondent.ts';
import { Doubts } from './doubts.ts';
import { type Letter, letterOf, numberIn } from './letter.ts';
import type { Outbox } from './outbox.ts';
import type { Post } from './post.ts';

export interface InboxOptions extends ReceiptOptions {
  readonly self: string;
  readonly others: readonly string[];
  readonly post: Post;
  readonly outbox: Outbox;
}

/** A message that is new, with its sender's. */
export interface Delivered {
  readonly letter: Letter;
  /** Undefined: it is of a kind that has none, and is done with. */
  readonly seq: number | undefined;
  readonly peer: Correspondent;
  /** It is this node's, or everybody's. */
  readonly isForUs: boolean;
}

/** Takes datagrams: who does not have the key is not read, nothing comes twice, what is lost is asked for
 *  again, and who misses something gets it. */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #peers: ReadonlyMap<string, Correspondent>;
  readonly #doubts: Doubts;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#doubts = new Doubts(options.outbox);
    this.#peers = new Map(
      options.others.map((name) => [name, new Correspondent(name, options)]),
    );
  }

  get nextAt(): number {
    const gaps = [...this.#peers.values()].map(({ receipt }) => receipt.nextAt);
    return Math.min(Number.POSITIVE_INFINITY, ...gaps);
  }

  /** @param from  the address of whoever has sent it, for the log
   *  @returns undefined: it is of nobody who is a node here */
  read(
    datagram: Buffer,
    from: string,
    now: number,
  ): { readonly from: string; readonly delivered: Delivered | undefined } | undefined {
    const letter = this.#open(datagram, from, now);
    const peer = letter && this.#peers.get(letter.from);
    if (peer) return { from: peer.name, delivered: this.#deliver(letter, peer, now) };
    // What this node has sent itself comes back to it.
    if (letter && letter.from !== this.#options.self)
      this.#doubts.stranger(from, letter.from, now);
    return undefined;
  }

  /** Asks for what is missing. */
  look(now: number): void {
    for (const { name, receipt } of this.#peers.values())
      for (const seq of receipt.due(now))
        this.#send(
          now,
          ['t', 'NS_rexmit'],
          ['dest', name],
          ['firstseq', `${seq}`],
          ['lastseq', `${seq}`],
        );
  }

  /** That node is gone, and answers nothing. */
  forget(name: string): void {
    this.#peers.get(name)?.forget();
  }

  #open(datagram: Buffer, from: string, now: number): Letter | undefined {
    const opened = open(datagram, this.#options.post.keyring);
    const letter = 'message' in opened ? letterOf(opened.message) : undefined;
    if ('distrust' in opened) this.#doubts.datagram(from, opened.distrust, now);
    else if (!letter) this.#doubts.datagram(from, 'incomplete', now);
    return letter;
  }

  #deliver(letter: Letter, peer: Correspondent, now: number): Delivered | undefined {
    const { seq, to, generation, type } = letter;
    const isForUs = to === undefined || to === this.#options.self;
    if (generation < peer.generation) {
      this.#doubts.old(peer.name, now);
      return undefined;
    }
    if (seq === undefined) {
      if (to === this.#options.self) this.#serve(letter, peer, now);
      return undefined;
    }
    if (peer.take(generation, seq, now) !== 'new') return undefined;
    const upTo = peer.receipt.acknowledgement(seq);
    if (upTo !== undefined)
      this.#send(
        now,
        ['t', 'NS_ackmsg'],
        ['dest', peer.name],
        ['ackseq', upTo.toString(16)],
      );
    peer.noteMove(type, textOf(letter.message, 'info'), seq);
    return { letter, seq, peer, isForUs };
  }

  #serve(letter: Letter, peer: Correspondent, now: number): void {
    const { type, message, generation } = letter;
    if (type === 'NS_rexmit') this.#sendAgain(message, peer, now);
    else if (type === 'NS_nak_rexmit' && generation === peer.generation)
      peer.receipt.giveUp(numberIn(message, 'firstseq') ?? 0);
  }

  #sendAgain(message: Message, { name, isOurs }: Correspondent, now: number): void {
    const { post, outbox } = this.#options;
    const first = numberIn(message, 'firstseq', 10) ?? 0;
    const last = numberIn(message, 'lastseq', 10) ?? 0;
    const { datagrams, forgotten, state } = post.again(first, last, now);
    for (const datagram of datagrams) outbox.act({ type: 'datagram', datagram });
    // A Heartbeat takes what comes late for what holds now.
    if (state && !isOurs) outbox.send(state, now);
    for (const seq of forgotten)
      this.#send(
        now,
        ['t', 'NS_nak_rexmit'],
        ['firstseq', seq.toString(16)],
        ['dest', name],
        ['info', 'seqno not found'],
      );
  }

  #send(now: number, ...message: Message): void {
    this.#options.outbox.send(message, now);
  }
}
