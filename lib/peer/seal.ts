import { createHmac, timingSafeEqual } from 'node:crypto';

/** Of a tag and of a key. */
export const TAG_BYTES = 32;

export function hmac(key: Buffer, ...parts: readonly (Buffer | string)[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** Whether they are equal; how long it takes says nothing of where they differ. */
export function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** One direction of a conversation, on both its sides: each frame has a tag over its place in the row, which is
 *  not sent. One that was seen before, or is of the other direction, is not the next one. */
export class Direction {
  readonly #key: Buffer;
  #count = 0n;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** The body with its tag behind it. */
  seal(body: Buffer): Buffer {
    return Buffer.concat([body, this.#next(body)]);
  }

  /** The body; undefined: it is not the next one that the other side has sealed, and nothing is to be believed any
   *  more. */
  open(sealed: Buffer): Buffer | undefined {
    if (sealed.length < TAG_BYTES) return undefined;
    const body = sealed.subarray(0, -TAG_BYTES);
    return isSame(this.#next(body), sealed.subarray(-TAG_BYTES)) ? body : undefined;
  }

  #next(body: Buffer): Buffer {
    const place = Buffer.alloc(8);
    place.writeBigUInt64BE(this.#count++);
    return hmac(this.#key, place, body);
  }
}
