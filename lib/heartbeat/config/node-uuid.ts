/** The uuid that `uuidfrom nodename` gives a node: 16 bytes made of its name by the C library's random
 *  numbers. Source: observed on Heartbeat 3.0.6 with glibc. */
export function uuidOfName(name: string): Buffer {
  const random = glibcRandom(hashOf(name));
  const digits = Array.from({ length: 32 }, () => (random() % 16).toString(16));
  return Buffer.from(digits.join(''), 'hex');
}

/** As it is written: 8-4-4-4-12 digits. */
export function uuidText(uuid: Uint8Array): string {
  const digits = Buffer.from(uuid).toString('hex');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function hashOf(name: string): number {
  const [first = 0, ...rest] = Buffer.from(name, 'latin1');
  const signed = (first << 24) >> 24;
  return rest.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, signed);
}

const MODULUS = 2_147_483_647;
const DEGREE = 31;
const SEPARATION = 3;
const WARM_UP = 344;

/** rand() after srand(seed), of glibc: each number is the sum of the third and the thirty-first before it. */
function glibcRandom(seed: number): () => number {
  const state: number[] = [seed === 0 ? 1 : seed];
  while (state.length < DEGREE) {
    const next = Number((16_807n * BigInt(state.at(-1) ?? 0)) % BigInt(MODULUS));
    state.push(next < 0 ? next + MODULUS : next);
  }
  while (state.length < DEGREE + SEPARATION) state.push(state.at(-DEGREE) ?? 0);
  const next = () => {
    const sum = ((state.at(-DEGREE) ?? 0) + (state.at(-SEPARATION) ?? 0)) >>> 0;
    state.push(sum);
    state.shift();
    return sum;
  };
  for (let n = state.length; n < WARM_UP; n++) next();
  return () => next() >>> 1;
}
