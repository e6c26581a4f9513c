/** An address as one unsigned 32-bit word: the four words of an IPv6 address XORed, as the kernel
 *  does before it hashes. No bytes: 0. */
export function foldAddress(address: Uint8Array): number {
  let folded = 0;
  for (let at = 0; at + 3 < address.length; at += 4)
    folded ^=
      ((address[at] ?? 0) << 24) |
      ((address[at + 1] ?? 0) << 16) |
      ((address[at + 2] ?? 0) << 8) |
      (address[at + 3] ?? 0);
  return folded >>> 0;
}

/** Bits of a bucket's number in the tables of sh and dh. */
const BUCKET_BITS = 8;

/** Buckets in the tables of sh and dh. */
export const BUCKETS = 1 << BUCKET_BITS;

/** The bucket of a folded address (plus port): the top bits of a multiplicative hash.
 *  Source: hash_32() of include/linux/hash.h, Linux 4.19 and later. */
export function bucketOf(word: number): number {
  return Math.imul(word, 0x61c88647) >>> (32 - BUCKET_BITS);
}
