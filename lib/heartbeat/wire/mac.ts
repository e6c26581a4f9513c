import { createHmac, timingSafeEqual } from 'node:crypto';

/** How messages are signed. `crc` finds damage only: whoever is on the network can make one. */
export type MacMethod = 'sha1' | 'md5' | 'crc';

/** A line of authkeys. */
export interface Key {
  /** 0 to 15: named in each message that is signed with it. */
  readonly number: number;
  readonly method: MacMethod;
  /** Empty with `crc`. */
  readonly secret: string;
}

/** Lower-case hexadecimal digits: 40 (HMAC-SHA1), 32 (HMAC-MD5), or 1 to 8 without leading zeros. */
export function macOf(
  { method, secret }: Omit<Key, 'number'>,
  data: Uint8Array,
): string {
  if (method === 'crc') return checksum(data).toString(16);
  return createHmac(method, Buffer.from(secret, 'latin1')).update(data).digest('hex');
}

/** Whether these digits are the data's; takes as long for each wrong digit. */
export function isMac(
  key: Omit<Key, 'number'>,
  data: Uint8Array,
  digits: string,
): boolean {
  const right = Buffer.from(macOf(key, data), 'latin1');
  const given = Buffer.from(digits, 'latin1');
  return given.length === right.length && timingSafeEqual(given, right);
}

const POLYNOMIAL = 0x04c11db7;
const HIGH_BIT = 0x8000_0000;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 24;
  for (let bit = 0; bit < 8; bit++)
    rest = rest & HIGH_BIT ? (rest << 1) ^ POLYNOMIAL : rest << 1;
  return rest >>> 0;
});

/** The CRC of cksum(1) without the length: most significant bit first, from 0, inverted at the end. */
function checksum(data: Uint8Array): number {
  let rest = 0;
  for (const byte of data)
    rest = (rest << 8) ^ (TABLE[((rest >>> 24) ^ byte) & 0xff] ?? 0);
  return ~rest >>> 0;
}
