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
