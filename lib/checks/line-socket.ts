import type { Socket } from 'node:net';
import { excerpt } from './excerpt.ts';
import { during, openStream, type StreamPeer } from './socket.ts';

/** Whom to talk to. */
export interface LinePeer extends StreamPeer {
  /** Words that no error may hold; empty ones hide nothing. */
  readonly secrets?: readonly string[];
}

/** What a server may say in one conversation before it is taken for something else. */
const LIMIT = 65_536;

/** Opens a conversation in lines; rejects as {@link openStream} does. */
export async function openLines(
  peer: LinePeer,
  signal: AbortSignal,
): Promise<LineSocket> {
  return new LineSocket(await openStream(peer, signal), peer.secrets, signal);
}

/** A conversation in lines, over TCP or TLS: what is read is text in UTF-8, what is sent are
 *  bytes. The signal ends it; so does whoever opened it, by disposing it. At most 64 KiB are
 *  read in all. */
export class LineSocket implements Disposable {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #signal: AbortSignal;
  #secrets: readonly string[];
  #pending = Buffer.alloc(0);
  #received = 0;

  constructor(socket: Socket, secrets: readonly string[] = [], signal: AbortSignal) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
    this.#signal = signal;
    this.#secrets = secrets;
  }

  /** Sends the bytes, each one character (latin1), with CR LF after them; a failure shows in
   *  what is read next.
   *  @param secrets  more words that no error may hold, such as encoded forms of a password */
  send(bytes: string, secrets: readonly string[] = []): void {
    this.#secrets = [...this.#secrets, ...secrets];
    if (this.#socket.writable) this.#socket.write(`${bytes}\r\n`, 'latin1');
  }

  /** The next line, without LF or CR LF.
   *  @param expected  what it should be, for the error: "a greeting"
   *  Rejects at the end of the connection, past the limit, and with the signal's reason. */
  async read(expected: string): Promise<string> {
    for (;;) {
      const end = this.#pending.indexOf('\n');
      if (end >= 0) {
        const line = this.#pending.subarray(0, end).toString().replace(/\r$/, '');
        this.#pending = this.#pending.subarray(end + 1);
        return line;
      }
      await this.#more(expected);
    }
  }

  /** That something else came than was expected: `expected a greeting, got "554 no"`. */
  unexpected(expected: string, line: string): Error {
    return new Error(`expected ${expected}, got "${this.quote(line)}"`);
  }

  /** At most 100 printable characters of what the server said, no secret among them. */
  quote(line: string): string {
    return excerpt(line, this.#secrets, 100);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #more(expected: string): Promise<void> {
    const bytes = await this.#chunk(expected);
    if (bytes === undefined) {
      if (this.#pending.length > 0)
        throw this.unexpected(`${expected} as a whole line`, this.#pending.toString());
      throw new Error(`expected ${expected}, but the connection was closed`);
    }
    this.#received += bytes.length;
    if (this.#received > LIMIT)
      throw new Error(`expected ${expected}, got more than ${LIMIT} bytes`);
    this.#pending = Buffer.concat([this.#pending, bytes]);
  }

  /** @returns undefined at the end of the connection */
  async #chunk(expected: string): Promise<Buffer | undefined> {
    try {
      const { value, done } = await this.#chunks.next();
      this.#signal.throwIfAborted();
      return done ? undefined : value;
    } catch (error) {
      const cause = this.#signal.aborted ? this.#signal.reason : error;
      throw during(`expected ${expected}`, cause);
    }
  }
}
