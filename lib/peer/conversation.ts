import type { Socket } from 'node:net';
import { reasonOf } from '../model/reason.ts';
import { BOUND, FrameReader, frame } from './frame.ts';
import { KIND, type Session, type Side } from './handshake.ts';
import { type Message, parseMessage } from './messages.ts';

/** In which both have proved who they are. */
const BEGIN_MS = 5_000;
/** One that says nothing for so long is lost: who has nothing to say says so every {@link ALIVE_MS}. */
const SILENCE_MS = 10_000;
export const ALIVE_MS = 3_000;
/** What the other side may leave unread; far above what is said before it answers. */
const MOST_UNREAD = 4 << 20;

/** Who takes part in one. */
export interface Listener {
  /** Both have proved who they are. */
  begun(session: Session): void;
  heard(message: Message): void;
  /** Once: it has ended, or never begun.
   *  @param why  in words for the operator */
  over(why: string): void;
}

/** One connection to another director, from its first byte on. What cannot be believed ends it. */
export class Conversation {
  readonly #socket: Socket;
  readonly #side: Side;
  readonly #listener: Listener;
  readonly #reader = new FrameReader(BOUND.stranger);
  #session: Session | undefined;
  #silence: NodeJS.Timeout;
  #isOver = false;

  /** @param first  what this side says first */
  constructor(socket: Socket, side: Side, listener: Listener, first?: Buffer) {
    this.#socket = socket;
    this.#side = side;
    this.#listener = listener;
    this.#silence = setTimeout(() => this.#end('it did not answer'), BEGIN_MS);
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end(this.#closedWords));
    if (first) socket.write(first);
  }

  /** @param text  a {@link Message} in JSON */
  say(text: string): void {
    if (!this.#session || this.#isOver) return;
    this.#socket.write(frame(KIND.sealed, this.#session.out.seal(Buffer.from(text))));
    if (this.#socket.writableLength > MOST_UNREAD)
      this.#end('it does not read what it is told');
  }

  /** Idempotent. */
  close(): void {
    this.#end('it was closed here');
  }

  get #closedWords(): string {
    if (this.#session) return 'it closed the connection';
    return (
      this.#side.obstacle ??
      'it closed the connection before it said who it is: it may have another secret'
    );
  }

  #take(bytes: Buffer): void {
    if (this.#isOver) return;
    try {
      this.#reader.push(bytes);
      for (let found = this.#reader.next(); found; found = this.#reader.next()) {
        if (this.#session) this.#hear(this.#session, found.body);
        else this.#meet(this.#side.take(found));
        if (this.#isOver) return;
      }
    } catch (error) {
      this.#end(reasonOf(error));
    }
  }

  #meet({ send, session }: ReturnType<Side['take']>): void {
    if (send) this.#socket.write(send);
    if (!session) return;
    this.#session = session;
    this.#reader.bound = BOUND.known;
    this.#heardSomething();
    this.#listener.begun(session);
  }

  #hear(session: Session, sealed: Buffer): void {
    const body = session.in.open(sealed);
    if (!body) throw new Error('what it says is not from it: somebody is in between');
    this.#heardSomething();
    this.#listener.heard(parseMessage(body.toString()));
  }

  #heardSomething(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#end('it fell silent'), SILENCE_MS);
  }

  #end(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#silence);
    this.#socket.destroy();
    this.#listener.over(why);
  }
}
