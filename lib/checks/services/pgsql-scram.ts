import { isUtf8 } from 'node:buffer';
import {
  createHash,
  createHmac,
  pbkdf2,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { promisify } from 'node:util';

/** The name of the mechanism, as servers list it. */
export const SCRAM = 'SCRAM-SHA-256';

/** Some 50 ms of a thread, and Node has four: no server gets to keep them busy. PostgreSQL's own
 *  setting is 4096. */
const MOST_ROUNDS = 100_000;
/** No channel binding. */
const HEADER = 'n,,';

const derive = promisify(pbkdf2);

/** One login by SCRAM-SHA-256, the client's side (RFC 5802, RFC 7677). */
export interface Scram {
  /** What the client says first. */
  readonly first: string;
  /** What it says to the server's first words. Rejects when those are none. */
  answer(challenge: string): Promise<string>;
  /** Throws when the server has not shown in its last words that it knows the password. */
  verify(last: string): void;
}

/** The login's name is sent by the protocol, not here.
 *  @param password  bytes, each one character (latin1) */
export function scram(password: string): Scram {
  const nonce = randomBytes(18).toString('base64');
  const bare = `n=,r=${nonce}`;
  let expected: Buffer | undefined;
  return {
    first: `${HEADER}${bare}`,
    async answer(challenge) {
      const { r = '', s = '', i = '' } = attributes(challenge);
      const rounds = Number(i);
      if (!r.startsWith(nonce) || !(rounds >= 1))
        throw new Error(`expected a challenge of ${SCRAM}, got another`);
      if (rounds > MOST_ROUNDS)
        throw new Error(
          `expected ${MOST_ROUNDS} rounds of ${SCRAM} at most, got ${rounds}: see scram_iterations`,
        );
      const salted = await derive(
        prepared(password),
        Buffer.from(s, 'base64'),
        rounds,
        32,
        'sha256',
      );
      const last = `c=${Buffer.from(HEADER).toString('base64')},r=${r}`;
      const said = `${bare},${challenge},${last}`;
      const key = hmac(salted, 'Client Key');
      const signature = hmac(createHash('sha256').update(key).digest(), said);
      expected = hmac(hmac(salted, 'Server Key'), said);
      const proof = key.map((byte, index) => byte ^ (signature[index] ?? 0));
      return `${last},p=${Buffer.from(proof).toString('base64')}`;
    },
    verify(last) {
      const shown = Buffer.from(attributes(last).v ?? '', 'base64');
      if (shown.length !== expected?.length || !timingSafeEqual(shown, expected))
        throw new Error('the server does not know the password');
    },
  };
}

/** SASLprep in the main, and only for what is UTF-8, as libpq has it. */
function prepared(password: string): Buffer {
  const bytes = Buffer.from(password, 'latin1');
  return isUtf8(bytes) ? Buffer.from(bytes.toString().normalize('NFKC')) : bytes;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** `r=…,s=…,i=…` */
function attributes(text: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]),
  );
}
