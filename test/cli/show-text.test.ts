import t from 'tap';
import { cut, humanBytes, humanSpan } from '../../lib/cli/show-text.ts';

t.test('bytes have at most three digits', async (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [950, '950 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9_949, '9.9 kB'],
    [9_951, '10 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [33_000_000, '33 MB'],
    [5e15, '5.0 PB'],
    [5e18, '5000 PB'],
  ];
  for (const [bytes, text] of cases) t.equal(humanBytes(bytes), text);
});

t.test('spans have the two largest units', async (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [-5, '0s'],
    [0, '0s'],
    [59.9, '59s'],
    [60, '1m 0s'],
    [3_599, '59m 59s'],
    [3_600, '1h 0m'],
    [86_399, '23h 59m'],
    [93_784, '1d 2h'],
  ];
  for (const [seconds, text] of cases) t.equal(humanSpan(seconds), text);
});

t.test('cut counts characters, not code units', async (t) => {
  t.equal(cut('abc', 3), 'abc');
  t.equal(cut('abcd', 3), 'ab…');
  t.equal(cut('😀😀😀', 3), '😀😀😀');
  t.equal(cut('abc', 0), '…');
});
