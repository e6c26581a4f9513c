/** A read of at least this much belongs to a bulk transfer. It is not less than the high-water mark
 *  of the socket that it is written to, so that a queued write always ends in 'drain'. */
export const BULK = 16 * 1024;
const SIZE = 64 * 1024;
const SPARE = 64;

/** What a worker reads real servers' bytes into. Idle connections and small reads share one buffer,
 *  whose bytes are copied out before anybody else reads; a bulk transfer holds one of its own
 *  and its bytes are written from where they were read. */
export class BufferPool {
  readonly shared = Buffer.allocUnsafeSlow(SIZE);
  readonly #spare: Buffer[] = [];

  take(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(SIZE);
  }

  /** Only with nothing of it queued for a write. */
  give(buffer: Buffer): void {
    if (this.#spare.length < SPARE) this.#spare.push(buffer);
  }
}

/** What one connection's server is read into. */
export class ReadBuffer {
  readonly #pool: BufferPool;
  /** Held while a bulk transfer lasts. */
  #own: Buffer | undefined;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** For the next read. */
  next(): Buffer {
    return this.#own ?? this.#pool.shared;
  }

  /** The bytes that were read, safe from the next read: those in a buffer of its own as they are,
   *  since the connection reads no more while any of them are queued. */
  chunk(bytes: number, buffer: Uint8Array): Buffer {
    const own = buffer === this.#own ? this.#own : undefined;
    if (own && bytes >= BULK) return own.subarray(0, bytes);
    if (own) this.release();
    else if (bytes >= BULK) this.#own = this.#pool.take();
    return Buffer.from(buffer.subarray(0, bytes));
  }

  /** Only with nothing of it queued. */
  release(): void {
    if (this.#own) this.#pool.give(this.#own);
    this.#own = undefined;
  }
}

/** ArrayBuffer.prototype.transfer, which Node 20 lacks. */
const transfer: ((this: ArrayBufferLike, length: number) => unknown) | undefined =
  Reflect.get(ArrayBuffer.prototype, 'transfer');

/** Frees a large chunk that a socket read, now that it has been written: the next read gets the same
 *  memory, still in the processor's cache, and not what the garbage collector has not come to yet
 *  (a third less processor time an uploaded byte). Nobody may use the chunk again. */
export function freeChunk(chunk: Buffer): void {
  if (chunk.length >= BULK && transfer) transfer.call(chunk.buffer, 0);
}
