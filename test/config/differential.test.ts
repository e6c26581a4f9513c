import t, { type Test } from 'tap';
import { lab } from '../support/lab.ts';
import { HOSTS } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { differences } from './differential.ts';
import { mutatedCases } from './mutations.ts';
import { type Answer, askLdirectord } from './oracle.ts';
import { readTexts } from './reading.ts';
import { seedOf } from './seed.ts';

/** Mutated files a run. */
const MUTATIONS = 2000;

/** Not among the cases: of a range in which ldirectord finds no server it reads no flags either,
 *  so that mutations of it would differ in their verdict. */
const RANGES = [
  '59.154.201.254->59.154.202.1:80 masq 2',
  '0.0.0.8->0.0.0.9:80 gate',
  '0.0.0.5->0.0.0.50:80 ipip',
];

async function sideBySide(t: Test, texts: readonly string[]): Promise<void> {
  const [theirs, ours] = await Promise.all([
    askLdirectord(texts, HOSTS),
    readTexts(texts),
  ]);
  let accepted = 0;
  texts.forEach((text, at) => {
    const [read, answer] = [ours[at], theirs[at]];
    if (read === undefined || answer === undefined)
      throw new Error('an answer is missing');
    if (read.ok) accepted++;
    const found = differences(text, read, answer);
    if (found.length > 0) t.fail(JSON.stringify(text), { found });
  });
  t.comment(`${texts.length} files, ${accepted} of them accepted`);
  t.ok(accepted > texts.length / 5, 'enough of them are accepted to compare values');
  t.ok(accepted < texts.length, 'some are refused');
}

function servers({ virtuals }: Answer): unknown {
  const reals = virtuals?.[0]?.reals;
  return Array.isArray(reals) ? reals.length : undefined;
}

const needs = lab('ldirectord', 'perl');

t.test('every case is read as ldirectord reads it', needs, async (t) => {
  const texts = CASES.map(({ text }) => text);
  t.ok(texts.length > 300, 'the cases are all there');
  await sideBySide(t, texts);
});

t.test('so are mutations of them', needs, async (t) => {
  await sideBySide(t, mutatedCases(seedOf(t), MUTATIONS));
});

t.test(
  'ranges are read by numbers, and ldirectord’s by decimal text',
  needs,
  async (t) => {
    const texts = RANGES.map((real) => `virtual=10.1.1.19:80\n    real=${real}\n`);
    const theirs = await askLdirectord(texts, HOSTS);
    const ours = await readTexts(texts);
    const found = texts.map((text, at) => {
      const [read, answer] = [ours[at], theirs[at]];
      return (
        read?.ok &&
        answer && [
          read.config.virtuals[0]?.reals.length,
          servers(answer),
          differences(text, read, answer),
        ]
      );
    });
    t.same(found, [
      [4, 0, []],
      [2, 82, []],
      [46, 1, []],
    ]);
  },
);
