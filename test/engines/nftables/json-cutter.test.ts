import fc from 'fast-check';
import t from 'tap';
import { type Json, list } from '../../../lib/engines/nftables/json.ts';
import { cutJson } from '../../../lib/engines/nftables/json-cutter.ts';

type Heard = { readonly item: Json } | { readonly element: Json; readonly of: Json };

/** @param cuts  where the text is cut into pieces */
function heard(text: string, cuts: readonly number[] = []): Heard[] {
  const all: Heard[] = [];
  const take = cutJson({
    item: (item) => void all.push({ item }),
    element: (element, of) => void all.push({ element, of }),
  });
  let from = 0;
  for (const to of [...cuts].sort((a, b) => a - b)) {
    take(text.slice(from, to));
    from = to;
  }
  take(text.slice(from));
  return all;
}

const set = (name: string, elem: readonly Json[]): Json => ({
  set: { family: 'inet', name, type: ['ipv4_addr', 'inet_proto'], elem },
});
const ELEMENTS: readonly Json[] = [
  5,
  '10.1.1.21',
  'a "quoted", [odd] {one} \\',
  { concat: ['10.1.1.19', 'tcp', 80] },
  [{ concat: ['10.1.1.19', 'tcp', 80] }, { goto: { target: 'tcp/10.1.1.19/80' } }],
  { elem: { val: '10.1.1.100', timeout: 300, comment: '}]', counter: { bytes: 9 } } },
];

t.test('a set comes before its elements, each of which comes by itself', (t) => {
  const text = JSON.stringify({ nftables: [set('s', ELEMENTS)] });
  const of = set('s', []);
  t.strictSame(heard(text), [
    { item: of },
    ...ELEMENTS.map((element) => ({ element, of })),
  ]);
  t.end();
});

t.test('a rule comes without what it does, all else as it is', (t) => {
  const items: Json[] = [
    { metainfo: { version: '1.0.6', json_schema_version: 1 } },
    { table: { family: 'inet', name: 't' } },
    { flowtable: { name: 'f', dev: ['eth0', 'eth1'] } },
    { set: { name: 'empty', flags: ['timeout'], size: 9 } },
    { rule: { chain: 'c', comment: 'x', expr: [{ counter: null }, { accept: null }] } },
  ];
  const expected = [
    ...items.slice(0, -1),
    { rule: { chain: 'c', comment: 'x', expr: [] } },
  ].map((item) => ({ item }));
  t.strictSame(heard(JSON.stringify({ nftables: items })), expected);
  t.strictSame(heard('{"nftables": []}\n'), []);
  t.end();
});

t.test('however it is cut and spaced, and in several documents', (t) => {
  const sets = fc.array(
    fc.array(fc.constantFrom(...ELEMENTS)).map((elem) => set('s', elem)),
    { maxLength: 3 },
  );
  const expected = (items: readonly Json[]) =>
    items.reduce<number>(
      (sum, item) => sum + 1 + list((item as { set: Json }).set, 'elem').length,
      0,
    );
  fc.assert(
    fc.property(
      sets,
      sets,
      fc.array(fc.nat(2000)),
      fc.boolean(),
      (a, b, cuts, wide) => {
        const text = [a, b]
          .map((items) => JSON.stringify({ nftables: items }, null, wide ? 1 : 0))
          .join('\n');
        const all = heard(text, cuts);
        t.equal(all.length, expected([...a, ...b]));
        t.strictSame(all, heard(text));
      },
    ),
  );
  t.end();
});

t.test('what is no JSON is an error', (t) => {
  for (const text of [
    '{"nftables": [{"set": nonsense}]}',
    '{"nftables": [{"set": {"elem": [1,,2]}}]}',
  ])
    t.throws(() => heard(text), SyntaxError);
  t.end();
});
