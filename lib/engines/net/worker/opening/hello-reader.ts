import type { FirstBytes, FirstReader } from './first-bytes.ts';
import { type Named, Walker } from './hello-walk.ts';

/** Most bytes in which a name is looked for: a ClientHello, and the heads of its records. */
export const LONGEST_OPENING = 32 * 1024;

const HANDSHAKE = 22;
const MAJOR_VERSION = 3;
/** Of a record: what it holds, version, length. */
const HEAD = 5;
/** Most that one holds. Source: RFC 8446, 5.1. */
const LONGEST_RECORD = 16 * 1024;

/** Reads the name that a TLS client asks for, through segments and records however these are cut. All that came
 *  is the rest: nothing of it is ours. One that speaks something else has no name, by its first byte that tells.
 *  Source: RFC 8446, 5.1. */
export class HelloReader implements FirstReader<string | undefined> {
  readonly #walker = new Walker();
  #held: Buffer | undefined;
  #seen = 0;
  /** So much of a record's head was read; what that says it holds, and what of this is still to come. */
  #headed = 0;
  #size = 0;
  #left = 0;

  get seen(): number {
    return this.#seen;
  }

  take(chunk: Buffer): FirstBytes<string | undefined> | undefined {
    const named = this.#read(chunk.subarray(0, LONGEST_OPENING - this.#seen));
    this.#hold(chunk);
    if (named?.kind === 'name')
      return { kind: 'done', found: named.name, rest: this.#rest };
    if (named)
      return { kind: 'bad', reason: `its ClientHello has ${named.bytes} bytes` };
    if (this.#seen < LONGEST_OPENING) return undefined;
    return { kind: 'bad', reason: `no name is in its first ${LONGEST_OPENING} bytes` };
  }

  #read(chunk: Buffer): Named | undefined {
    for (let at = 0; at < chunk.length; ) {
      if (this.#left === 0) {
        if (!this.#head(chunk[at++] ?? 0)) return { kind: 'name', name: undefined };
        continue;
      }
      const end = Math.min(at + this.#left, chunk.length);
      const named = this.#walker.take(chunk.subarray(at, end));
      if (named) return named;
      this.#left -= end - at;
      at = end;
    }
    return undefined;
  }

  /** @returns whether it may be one of a ClientHello; an empty one may not */
  #head(byte: number): boolean {
    const at = this.#headed++;
    if (at === 0) return byte === HANDSHAKE;
    if (at === 1) return byte === MAJOR_VERSION;
    if (at === 3) this.#size = byte * 256;
    if (at < HEAD - 1) return true;
    this.#headed = 0;
    this.#left = this.#size + byte;
    return this.#left > 0 && this.#left <= LONGEST_RECORD;
  }

  /** A first chunk, which is mostly all, is kept as it is; many small ones in one buffer, since each by itself would
   *  cost more than it holds. */
  #hold(chunk: Buffer): void {
    const seen = this.#seen;
    this.#seen += chunk.length;
    if (!this.#held) {
      this.#held = chunk;
      return;
    }
    if (this.#held.length < this.#seen) {
      const room = Math.min(2 * seen, LONGEST_OPENING);
      const more = Buffer.allocUnsafeSlow(Math.max(room, this.#seen));
      this.#held.copy(more, 0, 0, seen);
      this.#held = more;
    }
    chunk.copy(this.#held, seen);
  }

  get #rest(): Buffer {
    return this.#held?.subarray(0, this.#seen) ?? Buffer.alloc(0);
  }
}
