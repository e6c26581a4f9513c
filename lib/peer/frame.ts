/** A piece of the conversation: its kind, and what it holds. */
export interface Frame {
  readonly kind: number;
  readonly body: Buffer;
}

/** Before one has proved who it is, and after it. */
export const BOUND = { stranger: 512, known: 256 * 1024 } as const;

const LENGTH_BYTES = 4;

/** As it goes over the wire: its length, its kind, its body. */
export function frame(kind: number, body: Buffer): Buffer {
  const head = Buffer.alloc(LENGTH_BYTES + 1);
  head.writeUInt32BE(body.length + 1);
  head.writeUInt8(kind, LENGTH_BYTES);
  return Buffer.concat([head, body]);
}

/** Cuts what comes into frames. Holds no more than one of them, and what came with it. */
export class FrameReader {
  /** Most bytes of a frame; a longer one is refused at its length, before any of it is kept. */
  bound: number;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(bound: number) {
    this.bound = bound;
  }

  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#size += chunk.length;
  }

  /** The next one; undefined: it has not come as a whole.
   *  @throws RangeError  it can never be one */
  next(): Frame | undefined {
    if (this.#size < LENGTH_BYTES) return undefined;
    const length = this.#joined(LENGTH_BYTES).readUInt32BE();
    if (length < 1 || length > this.bound)
      throw new RangeError(
        `a frame of ${length} bytes: expected 1 to ${this.bound} of them`,
      );
    const end = LENGTH_BYTES + length;
    if (this.#size < end) return undefined;
    const all = this.#joined(end);
    this.#parts = all.length > end ? [all.subarray(end)] : [];
    this.#size -= end;
    return {
      kind: all.readUInt8(LENGTH_BYTES),
      body: all.subarray(LENGTH_BYTES + 1, end),
    };
  }

  /** The first part, made so long at least. */
  #joined(length: number): Buffer {
    const [first = Buffer.alloc(0)] = this.#parts;
    if (first.length >= length) return first;
    const all = Buffer.concat(this.#parts);
    this.#parts = [all];
    return all;
  }
}
