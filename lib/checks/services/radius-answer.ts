import {
  ATTRIBUTE,
  AUTHENTICATOR_AT,
  HEADER_LENGTH,
  md5,
  signature,
} from './radius-packet.ts';

/** What a server may answer to an Access-Request. Source: RFC 2865, 3. */
const CODES = {
  2: 'Access-Accept',
  3: 'Access-Reject',
  11: 'Access-Challenge',
} as const;

/** An answer from somebody who knows the secret. */
export interface RadiusAnswer {
  readonly code: (typeof CODES)[keyof typeof CODES];
  /** Its Reply-Message, for people; may be empty. */
  readonly message: string;
}

/** Reads a datagram that may answer the request.
 *  @returns the reason, as a text, when it is no answer to it, or was made without the secret.
 *           A Message-Authenticator is verified where there is one; servers older than 2024
 *           send none */
export function readAnswer(
  datagram: Buffer,
  request: Buffer,
  secret: string,
): RadiusAnswer | string {
  const length = datagram.length < HEADER_LENGTH ? 0 : datagram.readUInt16BE(2);
  if (length < HEADER_LENGTH || length > datagram.length) return 'is not RADIUS';
  const packet = Buffer.from(datagram.subarray(0, length));
  const code = packet[0] ?? 0;
  if (!isAnswer(code)) return `has code ${code}`;
  if (packet[1] !== request[1]) return 'answers another request';
  const authenticator = Buffer.from(packet.subarray(AUTHENTICATOR_AT, HEADER_LENGTH));
  request.copy(packet, AUTHENTICATOR_AT, AUTHENTICATOR_AT, HEADER_LENGTH);
  if (!md5(packet, secret).equals(authenticator))
    return 'was made with another secret (its authenticator is wrong)';
  const attributes = readAttributes(packet);
  if (attributes === undefined) return 'has broken attributes';
  if (!signedWell(packet, attributes, secret))
    return 'was made with another secret (its Message-Authenticator is wrong)';
  return { code: CODES[code], message: replyMessage(attributes) };
}

function isAnswer(code: number): code is keyof typeof CODES {
  return Object.hasOwn(CODES, code);
}

interface Attribute {
  readonly type: number;
  /** A view of the packet's own bytes. */
  readonly value: Buffer;
}

function readAttributes(packet: Buffer): readonly Attribute[] | undefined {
  const attributes: Attribute[] = [];
  for (let at = HEADER_LENGTH; at < packet.length; ) {
    const [type = 0, length = 0] = packet.subarray(at, at + 2);
    if (length < 2 || at + length > packet.length) return undefined;
    attributes.push({ type, value: packet.subarray(at + 2, at + length) });
    at += length;
  }
  return attributes;
}

/** Zeroes the signature's place in the packet, for it was made so. */
function signedWell(
  packet: Buffer,
  attributes: readonly Attribute[],
  secret: string,
): boolean {
  const found = attributes.find(({ type }) => type === ATTRIBUTE.messageAuthenticator);
  if (found === undefined) return true;
  const claimed = Buffer.from(found.value);
  found.value.fill(0);
  return signature(packet, secret).equals(claimed);
}

function replyMessage(attributes: readonly Attribute[]): string {
  const parts = attributes.filter(({ type }) => type === ATTRIBUTE.replyMessage);
  return Buffer.concat(parts.map(({ value }) => value)).toString();
}
