import t, { type Test } from 'tap';
import { lab } from '../support/lab.ts';
import { HOSTS } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { differences } from './differential.ts';
import { mutatedCases } from './mutations.ts';
import { askLdirectord } from './oracle.ts';
import { readTexts } from './reading.ts';
import { seedOf } from './seed.ts';

/** Mutated files a run. */
const MUTATIONS = 2000;

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

const needs = lab('ldirectord', 'perl');

t.test('every case is read as ldirectord reads it', needs, async (t) => {
  const texts = CASES.map(({ text }) => text);
  t.ok(texts.length > 300, 'the cases are all there');
  await sideBySide(t, texts);
});

t.test('so are mutations of them', needs, async (t) => {
  await sideBySide(t, mutatedCases(seedOf(t), MUTATIONS));
});
