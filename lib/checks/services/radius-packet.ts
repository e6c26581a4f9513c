import { createHash, createHmac } from 'node:crypto';

/** Of every packet: code, identifier, length (two bytes), authenticator. */
export const HEADER_LENGTH = 20;

/** Where the authenticator begins. */
export const AUTHENTICATOR_AT = 4;

/** Attributes by number. Source: RFC 2865, 5; Message-Authenticator: RFC 2869, 5.14. */
export const ATTRIBUTE = {
  userName: 1,
  userPassword: 2,
  nasIpAddress: 4,
  replyMessage: 18,
  nasIdentifier: 32,
  messageAuthenticator: 80,
} as const;

/** The bytes of all parts, hashed together; a text has one a character (latin1). */
export function md5(...parts: readonly (Buffer | string)[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(bytes(part));
  return hash.digest();
}

/** The Message-Authenticator of a packet in which its place is zero, and which holds the
 *  authenticator of the request. */
export function signature(packet: Buffer, secret: string): Buffer {
  return createHmac('md5', bytes(secret)).update(packet).digest();
}

function bytes(part: Buffer | string): Buffer {
  return typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
}
