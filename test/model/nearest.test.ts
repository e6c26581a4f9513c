import fc from 'fast-check';
import t from 'tap';
import { didYouMean, nearest } from '../../lib/model/nearest.ts';

const WORDS = ['checktype', 'checkport', 'checktimeout', 'virtual', 'real', 'receive'];

/** By its definition. */
function distance(a: string, b: string): number {
  const known = new Map<string, number>();
  const least = (i: number, j: number): number => {
    if (i === 0 || j === 0) return i + j;
    const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
    return Math.min(
      of(i - 1, j) + 1,
      of(i, j - 1) + 1,
      of(i - 1, j - 1) + Number(a[i - 1] !== b[j - 1]),
      isSwapped ? of(i - 2, j - 2) + 1 : Infinity,
    );
  };
  const of = (i: number, j: number): number => {
    const key = `${i} ${j}`;
    const found = known.get(key) ?? least(i, j);
    known.set(key, found);
    return found;
  };
  return of(a.length, b.length);
}

t.test('letters changed, left out, doubled or swapped', async (t) => {
  for (const [word, meant] of [
    ['checktype', 'checktype'],
    ['CheckTyp', 'checktype'],
    ['chekcport', 'checkport'],
    ['reall', 'real'],
    ['recieve', 'receive'],
    ['nonsense', undefined],
    ['x', undefined],
  ] as const)
    t.equal(nearest(word, WORDS), meant, word);
  t.equal(didYouMean('virtaul', WORDS), '; did you mean "virtual"?');
  t.equal(didYouMean('v'.repeat(41), WORDS), '');
});

t.test('whatever is given up early could not have been the nearest', async (t) => {
  const letters = fc.array(fc.constantFrom(...'chektyporvual'), { maxLength: 14 });
  const word = fc.oneof(
    letters.map((all) => all.join('')),
    fc
      .tuple(fc.constantFrom(...WORDS), letters, fc.nat(12), fc.nat(3))
      .map(([known, more, at, less]) => {
        const some = more.slice(0, 2).join('');
        return known.slice(0, at) + some + known.slice(at + less);
      }),
  );
  fc.assert(
    fc.property(word, (text) => {
      const most = Math.max(1, Math.floor(text.length / 3));
      const far = WORDS.map((known) => distance(text, known));
      const least = Math.min(...far);
      const expected = least <= most ? WORDS[far.indexOf(least)] : undefined;
      return nearest(text, WORDS) === expected;
    }),
  );
  t.pass('in a hundred words of chance');
});
