import { ID_DIGITS } from '../model/peer-wish.ts';
import { type Frame, frame } from './frame.ts';
import { Direction, hmac, isSame, TAG_BYTES } from './seal.ts';

/** Kinds of frames. The first two begin with {@link VERSION}. */
export const KIND = {
  hello: 1,
  challenge: 2,
  proof: 3,
  welcome: 4,
  sealed: 5,
} as const;

const VERSION = Buffer.from('l4peer/1');
const NONCE_BYTES = 32;
const GREETING_BYTES = VERSION.length + NONCE_BYTES + ID_DIGITS;
const MOST_PROOFS = 4;

/** Why a conversation cannot begin, in words for the operator. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** How two that have proved who they are go on. */
export interface Session {
  /** The other one's id. */
  readonly peer: string;
  readonly out: Direction;
  readonly in: Direction;
}

/** What one side has before. */
export interface Self {
  readonly id: string;
  /** Any of them is good. */
  readonly secrets: readonly Buffer[];
  /** That many random bytes. */
  random(bytes: number): Buffer;
}

/** The id is made once, and kept with the order of changes. */
const SAME_ID =
  'it has the id of this director: either it is this one itself, which "peers" must not name, or the state of the one was copied to the other: stop one of them, remove its l4director.INSTANCE.wishes.json, and start it again';

/** A side's part in the beginning: the one that dials proves first that it knows a secret, so that who merely
 *  connects learns nothing to guess at; then the other one does. Both have a share in what is to be proved, so that
 *  nothing that was heard earlier is of use.
 *  {@link take} answers with bytes to send, with the session, or both. @throws Refused */
export interface Side {
  take(frame: Frame): { readonly send?: Buffer; readonly session?: Session };
  /** Why there will be no session, in words for the operator, where that is known. */
  readonly obstacle?: string | undefined;
}

interface Greeting {
  readonly nonce: Buffer;
  readonly id: string;
  readonly bytes: Buffer;
}

function greeting({ id, random }: Self): Greeting {
  const nonce = random(NONCE_BYTES);
  return { nonce, id, bytes: Buffer.concat([VERSION, nonce, Buffer.from(id)]) };
}

/** @throws Refused */
function readGreeting({ kind, body }: Frame, expected: number): Greeting {
  const isGreeting = kind === expected && body.length === GREETING_BYTES;
  if (!isGreeting || !body.subarray(0, VERSION.length).equals(VERSION))
    throw new Refused(`it does not speak as a director's peer does (${VERSION})`);
  const id = body.toString('latin1', VERSION.length + NONCE_BYTES);
  if (!/^[0-9a-f]+$/.test(id)) throw new Refused('its id is none');
  const nonce = body.subarray(VERSION.length, VERSION.length + NONCE_BYTES);
  return { nonce, id, bytes: body };
}

/** @param isDialling  whether this is the side that dialled */
function sessionOf(
  secret: Buffer,
  said: Buffer,
  peer: string,
  isDialling: boolean,
): Session {
  const dialled = new Direction(hmac(secret, 'key of who dials', said));
  const answered = new Direction(hmac(secret, 'key of who answers', said));
  return isDialling
    ? { peer, out: dialled, in: answered }
    : { peer, out: answered, in: dialled };
}

/** The side that dials, and what it says first. */
export function dialling(self: Self): { readonly first: Buffer; readonly side: Side } {
  const hello = greeting(self);
  let said: Buffer | undefined;
  let peer = '';
  const challenged = (found: Frame) => {
    const challenge = readGreeting(found, KIND.challenge);
    if (self.id === challenge.id) throw new Refused(SAME_ID);
    said = Buffer.concat([hello.bytes, challenge.bytes]);
    peer = challenge.id;
    const proofs = self.secrets.map((secret) => hmac(secret, 'who dials', said ?? ''));
    return { send: frame(KIND.proof, Buffer.concat(proofs)) };
  };
  return {
    first: frame(KIND.hello, hello.bytes),
    side: {
      take(found) {
        if (said === undefined) return challenged(found);
        const text = said;
        const secret = self.secrets.find((one) =>
          isSame(hmac(one, 'who answers', text), found.body),
        );
        if (found.kind !== KIND.welcome || secret === undefined)
          throw new Refused('it does not know the secret');
        return { session: sessionOf(secret, text, peer, true) };
      },
    },
  };
}

/** The side that was dialled. */
export function answering(self: Self): Side {
  let said: Buffer | undefined;
  let peer = '';
  const greeted = (found: Frame) => {
    const hello = readGreeting(found, KIND.hello);
    const challenge = greeting(self);
    said = Buffer.concat([hello.bytes, challenge.bytes]);
    peer = hello.id;
    return { send: frame(KIND.challenge, challenge.bytes) };
  };
  return {
    // Who dials learns of it by the challenge, and goes.
    get obstacle() {
      return peer === self.id ? SAME_ID : undefined;
    },
    take(found) {
      if (said === undefined) return greeted(found);
      if (peer === self.id) throw new Refused(SAME_ID);
      const text = said;
      const proofs = proofsIn(found);
      const secret = self.secrets.find((one) => {
        const expected = hmac(one, 'who dials', text);
        return proofs.some((proof) => isSame(expected, proof));
      });
      if (secret === undefined) throw new Refused('it does not know the secret');
      return {
        send: frame(KIND.welcome, hmac(secret, 'who answers', text)),
        session: sessionOf(secret, text, peer, false),
      };
    },
  };
}

function proofsIn({ kind, body }: Frame): readonly Buffer[] {
  const count = body.length / TAG_BYTES;
  if (kind !== KIND.proof || !Number.isInteger(count) || count > MOST_PROOFS) return [];
  return Array.from({ length: count }, (_, at) =>
    body.subarray(at * TAG_BYTES, (at + 1) * TAG_BYTES),
  );
}
