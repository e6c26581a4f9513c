const MASK = (1n << 64n) - 1n;

/** SipHash of a message of at most 7 bytes, written from the paper with big integers: slow,
 *  plain, and another way than lib/schedulers/siphash.ts goes.
 *  @param rounds  of compression and of finalisation: [2, 4] or [1, 3] */
export function plainSipHash(
  message: Uint8Array,
  key: readonly [bigint, bigint],
  rounds: readonly [number, number],
): bigint {
  const text = 'somepseudorandomlygeneratedbytes';
  const v = [0, 8, 16, 24].map(
    (from, n) =>
      BigInt(`0x${Buffer.from(text.slice(from, from + 8)).toString('hex')}`) ^
      (n % 2 === 0 ? key[0] : key[1]),
  );
  const word = (n: number) => v[n] ?? 0n;
  const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (64n - by))) & MASK;
  const halfRound = (a: number, b: number, by: bigint) => {
    v[a] = (word(a) + word(b)) & MASK;
    v[b] = rotate(word(b), by) ^ word(a);
  };
  const round = () => {
    halfRound(0, 1, 13n);
    v[0] = rotate(word(0), 32n);
    halfRound(2, 3, 16n);
    halfRound(0, 3, 21n);
    halfRound(2, 1, 17n);
    v[2] = rotate(word(2), 32n);
  };
  const last = message.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const block = (BigInt(message.length) << 56n) | last;
  v[3] = word(3) ^ block;
  for (let n = 0; n < rounds[0]; n++) round();
  v[0] = word(0) ^ block;
  v[2] = word(2) ^ 0xffn;
  for (let n = 0; n < rounds[1]; n++) round();
  return word(0) ^ word(1) ^ word(2) ^ word(3);
}

/** The number that an IPv4 address is, first byte highest. */
export function ipv4Number(address: string): bigint {
  return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}
