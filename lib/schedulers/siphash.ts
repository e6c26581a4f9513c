/** SipHash-1-3 of one 32-bit word under a key whose two halves are the same 32-bit word, cut to
 *  its low 32 bits: what the kernel's `hsiphash` is on 64-bit machines. Not for secrets.
 *  Source: lib/siphash.c; Aumasson and Bernstein, "SipHash", 2012. */
export function hsiphash(word: number, key: number): number {
  for (let half = 0; half < 8; half++) v[half] = INITIAL[half] ?? 0;
  for (let low = 0; low < 8; low += 2) flip(low, key);
  flip(6, word);
  flip(7, LENGTH);
  round();
  flip(0, word);
  flip(1, LENGTH);
  flip(4, 0xff);
  round();
  round();
  round();
  return (at(0) ^ at(2) ^ at(4) ^ at(6)) >>> 0;
}

/** Four 64-bit words as halves, the low one first. One buffer for all calls: a pick allocates
 *  nothing. */
const v = new Int32Array(8);

/** "somepseudorandomlygeneratedbytes", a half a word. */
const INITIAL = Int32Array.of(
  0x70736575,
  0x736f6d65,
  0x6e646f6d,
  0x646f7261,
  0x6e657261,
  0x6c796765,
  0x79746573,
  0x74656462,
);

/** Four bytes, in the top byte of the last 64-bit word. */
const LENGTH = 4 << 24;

function at(half: number): number {
  return v[half] ?? 0;
}

function flip(half: number, bits: number): void {
  v[half] = at(half) ^ bits;
}

function round(): void {
  mix(0, 2, 13);
  swap(0);
  mix(4, 6, 16);
  mix(0, 6, 21);
  mix(4, 2, 17);
  swap(4);
}

/** a += b; b = rotate(b, bits) ^ a; 0 < bits < 32. */
function mix(a: number, b: number, bits: number): void {
  const low = (at(a) >>> 0) + (at(b) >>> 0);
  const carry = low > 0xffffffff ? 1 : 0;
  v[a] = low;
  v[a + 1] = at(a + 1) + at(b + 1) + carry;
  const oldLow = at(b);
  const oldHigh = at(b + 1);
  v[b] = ((oldLow << bits) | (oldHigh >>> (32 - bits))) ^ at(a);
  v[b + 1] = ((oldHigh << bits) | (oldLow >>> (32 - bits))) ^ at(a + 1);
}

/** Rotation by 32. */
function swap(low: number): void {
  const kept = at(low);
  v[low] = at(low + 1);
  v[low + 1] = kept;
}
