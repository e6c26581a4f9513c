import fc from 'fast-check';
import t from 'tap';
import { hsiphash } from '../../lib/schedulers/siphash.ts';
import { plainSipHash } from '../support/kernel-hash.ts';

const PAPER_KEY = [0x0706050403020100n, 0x0f0e0d0c0b0a0908n] as const;

t.test('the plain SipHash of the tests gives the published vectors', async (t) => {
  // SipHash-2-4: the reference implementation's vectors for 0, 1 and 4 bytes.
  const vectors = [
    [0, 0x726fdb47dd0e0e31n],
    [1, 0x74f839c593dc67fdn],
    [4, 0xcf2794e0277187b7n],
  ] as const;
  for (const [length, hash] of vectors) {
    const message = Uint8Array.from({ length }, (_, n) => n);
    t.equal(plainSipHash(message, PAPER_KEY, [2, 4]), hash);
  }
  // SipHash-1-3, low word: lib/test_siphash.c of Linux on 64-bit machines, 4 bytes.
  const hash = plainSipHash(Uint8Array.of(0, 1, 2, 3), PAPER_KEY, [1, 3]);
  t.equal(BigInt.asUintN(32, hash), 0x88d38328n);
});

t.test('the quick one gives the same for every word and key', async (t) => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(word, word, (text, key) => {
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setUint32(0, text, true);
      const wide = BigInt(key);
      const expected = BigInt.asUintN(32, plainSipHash(bytes, [wide, wide], [1, 3]));
      t.equal(hsiphash(text | 0, key), Number(expected));
    }),
    { numRuns: 500 },
  );
});
