import { randomBytes, randomInt } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { ATTRIBUTE, HEADER_LENGTH, md5, signature } from './radius-packet.ts';

const ACCESS_REQUEST = 1;
const BLOCK = 16;
const MOST_LOGIN_BYTES = 253;
const MOST_PASSWD_BYTES = 128;

/** A packet that asks whether the login is good. It is signed with Message-Authenticator, as
 *  the first attribute: without it an answer can be forged (CVE-2024-3596), and a server may
 *  refuse to answer. Throws for words that RADIUS cannot carry.
 *  @param from  the asker's own address, numeric
 *  Source: RFC 2865, 4.1; RFC 2869, 5.14. */
export function accessRequest(options: {
  readonly login: string;
  readonly passwd: string;
  readonly secret: string;
  readonly from: string;
}): Buffer {
  const { login, passwd, secret, from } = options;
  const authenticator = randomBytes(16);
  const name = bounded('login', login, 1, MOST_LOGIN_BYTES);
  const password = bounded('passwd', passwd, 0, MOST_PASSWD_BYTES);
  if (secret === '') throw new Error('secret: expected the one that the server knows');
  const attributes = Buffer.concat([
    attribute(ATTRIBUTE.messageAuthenticator, Buffer.alloc(16)),
    attribute(ATTRIBUTE.userName, name),
    attribute(ATTRIBUTE.userPassword, hidden(password, secret, authenticator)),
    attribute(ATTRIBUTE.nasIdentifier, Buffer.from('l4director')),
    isIPv4(from) ? attribute(ATTRIBUTE.nasIpAddress, ipv4(from)) : Buffer.alloc(0),
  ]);
  const header = Buffer.of(ACCESS_REQUEST, randomInt(256), 0, 0);
  header.writeUInt16BE(HEADER_LENGTH + attributes.length, 2);
  const packet = Buffer.concat([header, authenticator, attributes]);
  signature(packet, secret).copy(packet, HEADER_LENGTH + 2);
  return packet;
}

function bounded(name: string, word: string, least: number, most: number): Buffer {
  const bytes = Buffer.from(word, 'latin1');
  if (bytes.length < least || bytes.length > most)
    throw new Error(`${name}: expected ${least} to ${most} bytes, for RADIUS`);
  return bytes;
}

function attribute(type: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type, value.length + 2), value]);
}

function ipv4(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** Every block is masked with an MD5 of the secret and the block before it, the first with one
 *  of the authenticator. Source: RFC 2865, 5.2. */
function hidden(password: Buffer, secret: string, authenticator: Buffer): Buffer {
  const blocks = Math.max(1, Math.ceil(password.length / BLOCK));
  const result = Buffer.alloc(blocks * BLOCK);
  password.copy(result);
  let before = authenticator;
  for (let start = 0; start < result.length; start += BLOCK) {
    const block = result.subarray(start, start + BLOCK);
    const mask = md5(secret, before);
    for (const [index, byte] of block.entries())
      block[index] = byte ^ (mask[index] ?? 0);
    before = block;
  }
  return result;
}
