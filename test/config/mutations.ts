import { CASES } from './cases/index.ts';

/** Numbers in [0, 1) that depend on the seed only (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
type Mutation = (lines: readonly string[], random: Random) => readonly string[];

const pick = <T>(from: readonly T[], random: Random): T | undefined =>
  from[Math.floor(random() * from.length)];
const ACCEPTED = CASES.filter((one) => one.refused === undefined);
const LINES = CASES.flatMap(({ text }) => text.split('\n'));
const SPICE = [
  ...' \t\r"#=:.,-[]/()*0159aZz_',
  ...[
    '    ',
    ' # x',
    '""',
    '->',
    '00',
    '65536',
    'yes',
    'masq',
    '\xe4',
    '\xc3\xa4',
    '\\',
  ],
];

/** Changes one line at one place. */
const atOnePlace =
  (change: (line: string, at: number, random: Random) => string): Mutation =>
  (lines, random) => {
    const row = Math.floor(random() * lines.length);
    return lines.map((line, index) =>
      index === row
        ? change(line, Math.floor(random() * (line.length + 1)), random)
        : line,
    );
  };

const MUTATIONS: readonly Mutation[] = [
  atOnePlace((line, at) => line.slice(0, at) + line.slice(at + 1)),
  atOnePlace((line, at) => line.slice(0, at) + (line[at] ?? '') + line.slice(at)),
  atOnePlace(
    (line, at, random) => line.slice(0, at) + pick(SPICE, random) + line.slice(at),
  ),
  atOnePlace(
    (line, at, random) => line.slice(0, at) + pick(SPICE, random) + line.slice(at + 1),
  ),
  atOnePlace((line, at) => line.slice(0, at)),
  atOnePlace((line, at) => line.slice(0, at) + line.slice(at).toUpperCase()),
  // The value of another line, the name kept.
  atOnePlace((line, _, random) =>
    line.replace(/=.*/, () => pick(LINES, random)?.match(/=.*/)?.[0] ?? '='),
  ),
  (lines, random) => lines.toSpliced(Math.floor(random() * lines.length), 1),
  (lines, random) =>
    lines.toSpliced(Math.floor(random() * lines.length), 0, pick(LINES, random) ?? ''),
  (lines, random) =>
    lines.toSpliced(Math.floor(random() * lines.length), 0, pick(lines, random) ?? ''),
  (lines, random) => [...lines, ...(pick(ACCEPTED, random)?.text.split('\n') ?? [])],
  (lines, random) => [...(pick(ACCEPTED, random)?.text.split('\n') ?? []), ...lines],
];

/** Cases with one to three things changed; the same for the same seed. */
export function mutatedCases(seed: number, count: number): readonly string[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const from = random() < 0.8 ? ACCEPTED : CASES;
    let lines: readonly string[] = (pick(from, random)?.text ?? '').split('\n');
    const times = 1 + Math.floor(random() * 3);
    for (let time = 0; time < times; time++)
      lines = pick(MUTATIONS, random)?.(lines, random) ?? lines;
    return lines.join('\n');
  });
}
