import t from 'tap';
import { same } from '../../lib/model/same.ts';

const EQUAL: readonly (readonly [unknown, unknown])[] = [
  [1, 1],
  [undefined, undefined],
  [
    { a: 1, b: [1, { c: 2 }] },
    { b: [1, { c: 2 }], a: 1 },
  ],
  [
    { line: 1, a: 2 },
    { line: 7, a: 2 },
  ],
  [{ a: 1, b: undefined }, { a: 1 }],
  [{ a: 1 }, { a: 1, b: undefined }],
];
const DIFFERENT: readonly (readonly [unknown, unknown])[] = [
  [1, '1'],
  [null, undefined],
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ a: 1, b: 2 }, { a: 1 }],
  [[1, 2], [1]],
  [[1], [1, 2]],
  [[], {}],
  [{ a: { b: 1 } }, { a: { b: 2 } }],
  [{}, null],
];

t.test('plain values are compared field by field, but for their line', async (t) => {
  for (const [a, b] of EQUAL)
    t.ok(same(a, b), `${JSON.stringify([a, b])} are the same`);
  for (const [a, b] of DIFFERENT)
    t.notOk(same(a, b), `${JSON.stringify([a, b])} are not`);
});
