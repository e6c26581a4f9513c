import fc from 'fast-check';
import t from 'tap';
import { lineCutter } from '../../lib/engines/lines.ts';

function cut(limit: number, pieces: readonly string[]): readonly string[] {
  const heard: string[] = [];
  const piece = lineCutter(
    limit,
    (line) => heard.push(line),
    () => heard.push('(long)'),
  );
  for (const one of pieces) piece(one);
  return heard;
}

t.test('lines come whole, however the pieces fall', async (t) => {
  t.same(cut(9, ['a', 'b\nc', '\n\nd']), ['ab', 'c', '']);
  t.same(cut(3, ['abcd\nabc\n', 'ab', 'cd', 'e\nx\n']), [
    '(long)',
    'abc',
    '(long)',
    'x',
  ]);
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(60)), (whole, cuts) => {
      const places = [0, ...cuts.map((at) => at % (whole.length + 1)), whole.length];
      places.sort((a, b) => a - b);
      const pieces = places.slice(1).map((end, n) => whole.slice(places[n], end));
      const lines = whole.split('\n').slice(0, -1);
      t.same(
        cut(4, pieces),
        lines.map((line) => (line.length > 4 ? '(long)' : line)),
      );
    }),
  );
});

t.test('a line without end takes no memory', async (t) => {
  const heard = cut(10, [
    ...new Array<string>(1000).fill('x'.repeat(1000)),
    '\n',
    'y\n',
  ]);
  t.same(heard, ['(long)', 'y']);
});
