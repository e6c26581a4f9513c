import type { Socket } from 'node:net';
import { excerpt } from '../excerpt.ts';

/** One message of PostgreSQL's protocol 3, without its length. */
export interface PgsqlMessage {
  /** A letter, as the documentation has it: `R`, `E`, `Z`. */
  readonly type: string;
  readonly body: Buffer;
}

/** Type and length. */
const HEAD_BYTES = 5;

/** What the server refuses, in its words. */
export class PgsqlError extends Error {
  /** SQLSTATE: "28P01". */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** A connection as messages. The caller ends it; at most so many bytes are read in all. */
export class PgsqlMessages {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #limit: number;
  readonly #secrets: readonly string[];
  #received = 0;
  /** Joined only when a message is whole: it may come byte by byte. */
  #pending: Buffer[] = [];
  #have = 0;

  /** @param secrets  words that no error may hold */
  constructor(socket: Socket, limit: number, secrets: readonly string[]) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
    this.#limit = limit;
    this.#secrets = secrets;
  }

  /** A failure shows in what is read next. */
  send(...messages: readonly Buffer[]): void {
    if (this.#socket.writable) this.#socket.write(Buffer.concat(messages));
  }

  /** The next message, but for what may come at any time: settings, notices, notifications.
   *  Rejects with a {@link PgsqlError} when it is one, and at the end of the connection. */
  async read(): Promise<PgsqlMessage> {
    for (;;) {
      const message = await this.#next();
      if (message.type === 'E') throw errorIn(message.body);
      if (!'SNA'.includes(message.type)) return message;
    }
  }

  async #next(): Promise<PgsqlMessage> {
    const head = await this.#peek(HEAD_BYTES);
    const length = head.readUInt32BE(1);
    // It counts itself.
    if (length < 4) throw unexpected(head, this.#secrets);
    const whole = await this.#peek(1 + length);
    this.#pending = [whole.subarray(1 + length)];
    this.#have -= 1 + length;
    return {
      type: whole.toString('latin1', 0, 1),
      body: whole.subarray(HEAD_BYTES, 1 + length),
    };
  }

  /** All that has come, at least so many bytes. */
  async #peek(bytes: number): Promise<Buffer> {
    if (bytes > this.#limit) throw this.#tooMuch();
    while (this.#have < bytes) {
      const { value, done } = await this.#chunks.next();
      if (done) throw new Error('the connection was closed');
      this.#received += value.length;
      if (this.#received > this.#limit) throw this.#tooMuch();
      this.#pending.push(value);
      this.#have += value.length;
    }
    const all = Buffer.concat(this.#pending);
    this.#pending = [all];
    return all;
  }

  #tooMuch(): Error {
    return new Error(`more than ${this.#limit.toLocaleString('en')} bytes came`);
  }
}

/** @param type   absent for the first message of a connection
 *  @param parts  a text has one byte a character (latin1) */
export function pgsqlMessage(
  type: string,
  ...parts: readonly (string | Buffer)[]
): Buffer {
  const body = Buffer.concat(
    parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'latin1') : part,
    ),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** Fields of a letter and a text, each ended by a zero. */
function errorIn(body: Buffer): PgsqlError {
  const fields = body.toString().split('\0');
  const field = (letter: string) =>
    fields.find((text) => text.startsWith(letter))?.slice(1) ?? '';
  return new PgsqlError(field('M') || 'an error without a text', field('C'));
}

function unexpected(bytes: Buffer, secrets: readonly string[]): Error {
  const words = excerpt(bytes.toString('latin1'), secrets, 60);
  return new Error(`expected PostgreSQL's, got "${words}"`);
}
