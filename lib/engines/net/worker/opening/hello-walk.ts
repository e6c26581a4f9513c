import { hostName } from '../../../../model/host-name.ts';

/** What a handshake says of the server that it is for. */
export type Named =
  /** Undefined: it asks for no name, or this is no ClientHello: `why`. */
  | {
      readonly kind: 'name';
      readonly name: string | undefined;
      readonly why?: string;
    }
  /** It is one, and longer than anybody's. */
  | { readonly kind: 'too long'; readonly bytes: number };

/** So many bytes are wanted next; below 0: so many are passed over, and none are given. */
type Wanted = number;
type Walk<T> = Generator<Wanted, T, Buffer>;

/** What is left of a part, in bytes. */
interface Part {
  left: number;
}

/** Longest ClientHello. Those of browsers have 300 to 2,000 bytes; the key shares and tickets of the day after
 *  tomorrow should have room. */
export const LONGEST_HELLO = 32 * 1024;

const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const HOST_NAME = 0;
/** The version that TLS 1.3 still writes there, and the random number. */
const FIXED = 34;
/** With a dot at its end. */
const LONGEST_NAME = 254;
const NOTHING = Buffer.alloc(0);

const NAMELESS: Named = { kind: 'name', name: undefined };
const OTHER: Named = { ...NAMELESS, why: 'its handshake begins with no ClientHello' };
const MALFORMED: Named = { ...NAMELESS, why: 'its ClientHello is malformed' };

/** Walks through the handshake of a TLS client to the name that it asks for, and no farther: what stands behind it
 *  is the server's to judge. Of ECH it is the outer name, as the other one is encrypted.
 *  Source: RFC 8446, 4.1.2; RFC 6066, 3; RFC 9849, 5. */
export function* walkHello(): Walk<Named> {
  const head = yield 4;
  if (head[0] !== CLIENT_HELLO) return OTHER;
  const hello: Part = { left: head.readUIntBE(1, 3) };
  if (hello.left > LONGEST_HELLO) return { kind: 'too long', bytes: hello.left };
  const isSound =
    (yield* pass(hello, FIXED)) &&
    (yield* passVector(hello, 1)) && // session id
    (yield* passVector(hello, 2)) && // cipher suites
    (yield* passVector(hello, 1)); // compression methods
  if (!isSound) return MALFORMED;
  return hello.left === 0 ? NAMELESS : yield* nameAmong(hello);
}

function* nameAmong(hello: Part): Walk<Named> {
  const extensions = yield* vector(hello, 2);
  while (extensions && extensions.left > 0) {
    const type = yield* number(extensions, 2);
    const data = yield* vector(extensions, 2);
    if (!data) return MALFORMED;
    if (type === SERVER_NAME) return yield* nameIn(data);
    yield* pass(data, data.left);
  }
  return extensions ? NAMELESS : MALFORMED;
}

/** Of kinds of names there is one; others would have a length in front too. */
function* nameIn(data: Part): Walk<Named> {
  const names = yield* vector(data, 2);
  while (names && names.left > 0) {
    const kind = yield* number(names, 1);
    const entry = yield* vector(names, 2);
    if (!entry) return MALFORMED;
    if (kind === HOST_NAME) return yield* nameOf(entry);
    yield* pass(entry, entry.left);
  }
  return names ? NAMELESS : MALFORMED;
}

function* nameOf({ left }: Part): Walk<Named> {
  if (left === 0 || left > LONGEST_NAME) return NAMELESS;
  const bytes = yield left;
  return { kind: 'name', name: hostName(bytes.toString('latin1')) };
}

/** @returns undefined: the part ends before */
function* number(part: Part, bytes: number): Walk<number | undefined> {
  if (bytes > part.left) return undefined;
  part.left -= bytes;
  return (yield bytes).readUIntBE(0, bytes);
}

/** What has its length in front. @returns undefined: the part ends before */
function* vector(part: Part, lengthBytes: number): Walk<Part | undefined> {
  const left = yield* number(part, lengthBytes);
  if (left === undefined || left > part.left) return undefined;
  part.left -= left;
  return { left };
}

function* pass(part: Part, bytes: number): Walk<boolean> {
  if (bytes > part.left) return false;
  part.left -= bytes;
  if (bytes > 0) yield -bytes;
  return true;
}

function* passVector(part: Part, lengthBytes: number): Walk<boolean> {
  const inner = yield* vector(part, lengthBytes);
  return inner !== undefined && (yield* pass(inner, inner.left));
}

/** Gives a walk its bytes as they come. Holds what it wants at once, some 250 bytes at most. */
export class Walker {
  readonly #walk = walkHello();
  #wanted: Wanted = 0;
  #held: Buffer = NOTHING;

  constructor() {
    this.#go(NOTHING);
  }

  /** @returns undefined: more is needed. Not to be called again after another answer. */
  take(bytes: Buffer): Named | undefined {
    let at = 0;
    while (at < bytes.length) {
      const step = Math.min(Math.abs(this.#wanted), bytes.length - at);
      const named = this.#step(bytes.subarray(at, at + step));
      if (named) return named;
      at += step;
    }
    return undefined;
  }

  #step(bytes: Buffer): Named | undefined {
    if (this.#wanted < 0) {
      this.#wanted += bytes.length;
      return this.#wanted === 0 ? this.#go(NOTHING) : undefined;
    }
    const isFirst = this.#held.length === 0;
    const held = isFirst ? bytes : Buffer.concat([this.#held, bytes]);
    this.#wanted -= bytes.length;
    if (this.#wanted === 0) return this.#go(held);
    this.#held = held;
    return undefined;
  }

  #go(bytes: Buffer): Named | undefined {
    this.#held = NOTHING;
    const { done, value } = this.#walk.next(bytes);
    if (done) return value;
    this.#wanted = value;
    return undefined;
  }
}
