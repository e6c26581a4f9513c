const FIRST_ROOM = 4096;

/** Bytes that a server sends piece by piece, up to a limit; the rest is dropped. They are copied:
 *  a piece is part of what was read at once, and would keep all of that in memory. */
export class Collected {
  readonly #limit: number;
  #room: Buffer = Buffer.alloc(0);
  #size = 0;
  #tooLong = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** More came than the limit. */
  get tooLong(): boolean {
    return this.#tooLong;
  }

  add(bytes: Buffer): void {
    const left = this.#limit - this.#size;
    if (bytes.length > left) this.#tooLong = true;
    const part = bytes.subarray(0, left);
    this.#makeRoom(this.#size + part.length);
    part.copy(this.#room, this.#size);
    this.#size += part.length;
  }

  /** A view of what came so far. */
  bytes(): Buffer {
    return this.#room.subarray(0, this.#size);
  }

  #makeRoom(size: number): void {
    if (size <= this.#room.length) return;
    const roomy = Buffer.alloc(Math.max(size, 2 * this.#room.length, FIRST_ROOM));
    this.bytes().copy(roomy);
    this.#room = roomy;
  }
}
