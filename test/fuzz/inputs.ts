import fc from 'fast-check';

/** No input is longer. */
export const MOST_BYTES = 65_536;

/** Bytes, each one character (latin1). */
export const bytes = (maxLength = 40): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array).toString('latin1'));

/** One change of a text, at a place that is a share of its length. */
interface Change {
  readonly how: keyof typeof CHANGES;
  readonly at: number;
  readonly length: number;
  readonly word: string;
  readonly times: number;
}

type Edit = (head: string, cut: string, tail: string, change: Change) => string;

const CHANGES = {
  insert: (head, cut, tail, { word }) => head + word + cut + tail,
  remove: (head, _, tail) => head + tail,
  replace: (head, _, tail, { word }) => head + word + tail,
  repeat: (head, cut, tail, { times }) => head + cut.repeat(times) + tail,
  // Words of its own, elsewhere.
  move: (head, cut, tail) => head + tail.slice(0, cut.length) + cut + tail,
  swell: (head, cut, tail, { word, times }) => head + word.repeat(times) + cut + tail,
  end: (head) => head,
} as const satisfies Record<string, Edit>;

/** Long inputs are rare: they take as long as a thousand others. */
const TIMES = [...Array(20).fill(2), ...Array(10).fill(3), ...Array(8).fill(30), 5_000];

/** Changes with these words, or any bytes. */
export function changes(words: readonly string[]): fc.Arbitrary<Change> {
  const word = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: bytes(8) },
  );
  return fc.record({
    how: fc.constantFrom(...(Object.keys(CHANGES) as (keyof typeof CHANGES)[])),
    at: fc.integer({ min: 0, max: 1_000 }),
    length: fc.oneof(fc.nat(4), fc.nat(80)),
    word,
    times: fc.constantFrom(...TIMES),
  });
}

/** The text with that changed, cut at {@link MOST_BYTES}. */
export function changed(text: string, change: Change): string {
  const at = Math.round((text.length * change.at) / 1_000);
  const end = at + change.length;
  const edit: Edit = CHANGES[change.how];
  return edit(text.slice(0, at), text.slice(at, end), text.slice(end), change).slice(
    0,
    MOST_BYTES,
  );
}

/** Good texts with up to four things changed, words strung together, and bytes of chance.
 *  @param between  stands between words */
export function mutated(
  good: readonly string[],
  words: readonly string[],
  between = '',
): fc.Arbitrary<string> {
  const change = changes(words);
  const near = fc
    .tuple(fc.constantFrom(...good), fc.array(change, { maxLength: 4 }))
    .map(([text, all]) => all.reduce(changed, text));
  const strung = fc
    .array(fc.constantFrom(...words), { maxLength: 30 })
    .map((all) => all.join(between));
  return fc.oneof(
    { weight: 12, arbitrary: near },
    { weight: 4, arbitrary: strung },
    { weight: 1, arbitrary: bytes(400) },
  );
}
