import { CLASSIC_HEAD, CLASSIC_TAIL, classicLines, decodeClassic } from './classic.ts';
import { isMac, type Key, macOf } from './mac.ts';
import { MESSAGE_LIMITS, type Message } from './message.ts';
import {
  decodeNetstring,
  encodeNetstring,
  NETSTRING_HEAD,
  NETSTRING_TAIL,
} from './netstring.ts';

/** The lines of authkeys. */
export interface Keyring {
  /** That of `auth N`: by which own messages are signed. */
  readonly current: Key;
  readonly keys: readonly Key[];
}

/** `msgfmt`: with `classic`, which is the default, the message is signed once more, in its field `auth`. */
export type MessageForm = 'classic' | 'netstring';

/** Why a datagram is not heard. */
export type Distrust =
  | 'too-long'
  | 'no-message'
  | 'unsigned'
  | 'unknown-key'
  | 'wrong-signature'
  | 'malformed';

export type Opened = { readonly message: Message } | { readonly distrust: Distrust };

const AUTH = 'auth';
const TRAILER = /^(\d{1,3}):((\d{1,2}) ([0-9a-f]{1,40})),$/;
const AUTH_VALUE = /^(\d{1,2}) ([0-9a-f]{1,40})$/;
/** The longest trailer, `45:15 ` and 40 digits with a comma, and some. */
const TRAILER_BYTES = 64;

/** The datagram that carries a message. */
export function seal(
  message: Message,
  { current }: Keyring,
  form: MessageForm,
): Buffer {
  const body = encodeNetstring(form === 'classic' ? signed(message, current) : message);
  const signature = `${current.number} ${macOf(current, body)}`;
  return Buffer.concat([
    body,
    Buffer.from(`${signature.length}:${signature},`, 'latin1'),
  ]);
}

/** The message with the field `auth`, which is all that classic datagrams are signed by. */
export function signed(message: Message, key: Key): Message {
  const lines = Buffer.from(classicLines(message), 'latin1');
  return [...message, [AUTH, `${key.number} ${macOf(key, lines)}`]];
}

/** Checks who sent a datagram, of either form, and only then reads it. */
export function open(datagram: Buffer, keyring: Keyring): Opened {
  if (datagram.length > MESSAGE_LIMITS.bytes) return { distrust: 'too-long' };
  const head = datagram.toString('latin1', 0, NETSTRING_HEAD.length);
  if (head === NETSTRING_HEAD) return openNetstring(datagram, keyring);
  if (head === CLASSIC_HEAD) return openClassic(datagram, keyring);
  return { distrust: 'no-message' };
}

function openNetstring(datagram: Buffer, keyring: Keyring): Opened {
  const tail = datagram.lastIndexOf(NETSTRING_TAIL, undefined, 'latin1');
  const end = tail + NETSTRING_TAIL.length;
  if (tail < 0 || datagram.length - end > TRAILER_BYTES)
    return { distrust: 'unsigned' };
  const [, length, value, number, digits] =
    TRAILER.exec(datagram.toString('latin1', end)) ?? [];
  if (!value || !digits || Number(length) !== value.length)
    return { distrust: 'unsigned' };
  const body = datagram.subarray(0, end);
  const distrust = distrustOf(keyring, Number(number), body, digits);
  if (distrust) return { distrust };
  const message = decodeNetstring(body);
  return message ? { message } : { distrust: 'malformed' };
}

function openClassic(datagram: Buffer, keyring: Keyring): Opened {
  const text = datagram.toString('latin1');
  const end = text.endsWith('\0') ? -1 : text.length;
  const whole = text.slice(CLASSIC_HEAD.length, end);
  if (!whole.endsWith(`\n${CLASSIC_TAIL}`)) return { distrust: 'unsigned' };
  const lines = whole.slice(0, -CLASSIC_TAIL.length);
  const start = lines.lastIndexOf('\n', lines.length - 2) + 1;
  const [name, value = ''] = lines.slice(start, -1).split('=');
  const [, number, digits] = AUTH_VALUE.exec(value) ?? [];
  if (name !== AUTH || !digits) return { distrust: 'unsigned' };
  const body = Buffer.from(lines.slice(0, start), 'latin1');
  const distrust = distrustOf(keyring, Number(number), body, digits);
  if (distrust) return { distrust };
  const message = decodeClassic(lines);
  return message ? { message } : { distrust: 'malformed' };
}

/** Whether messages that this key signs are heard: one without a secret, with which everybody can sign, only
 *  while this node signs with it. Elsewhere it is a line that somebody forgot. */
export function isHeard({ method }: Key, { current }: Keyring): boolean {
  return method !== 'crc' || current.method === 'crc';
}

/** Signed by the key of that number; or, as Heartbeat takes the method of that number and the secret of its own
 *  `auth`, by these. */
function distrustOf(
  keyring: Keyring,
  number: number,
  body: Buffer,
  digits: string,
): Distrust | undefined {
  const { keys, current } = keyring;
  const key = keys.find((one) => one.number === number);
  if (!key || !isHeard(key, keyring)) return 'unknown-key';
  if (isMac(key, body, digits)) return undefined;
  const { secret } = current;
  const isLikeHeartbeats =
    key !== current &&
    key.method !== 'crc' &&
    current.method !== 'crc' &&
    isMac({ method: key.method, secret }, body, digits);
  return isLikeHeartbeats ? undefined : 'wrong-signature';
}
