import t from 'tap';
import { components } from '../../lib/model/components.ts';

type Graph = Readonly<Record<string, string>>;

/** Components of a graph such as `{ a: 'bc' }`, where a leads to b and to c; each with its nodes in order. */
const of = (graph: Graph, nodes = Object.keys(graph)) =>
  components(nodes, (node) => [...(graph[node] ?? '')]).map((all) =>
    all.toSorted().join(''),
  );

t.test('what is on a cycle, and what is not', async (t) => {
  t.strictSame(of({ a: 'bc', b: 'd', c: 'd' }), []);
  t.strictSame(of({ a: 'a' }), [], 'a node alone is none');
  t.strictSame(of({ a: 'b', b: 'c', c: 'a' }), ['abc']);
  t.strictSame(of({ a: 'b', b: 'ac', c: 'd', d: 'ce' }), ['cd', 'ab']);
  t.strictSame(of({ a: 'b', b: 'c', c: 'bd', d: 'a' }), ['abcd'], 'two that touch');
  t.strictSame(of({ a: 'b', b: 'c', c: 'b' }, ['a']), ['bc'], 'come to on the way');
});

t.test(
  'all small graphs: in one component are those that reach each other',
  async (t) => {
    const names = ['a', 'b', 'c', 'd'];
    const pairs = names.flatMap((from) => names.map((to) => [from, to] as const));
    for (let bits = 0; bits < 2 ** pairs.length; bits += 7) {
      const graph: Record<string, string> = {};
      pairs.forEach(([from, to], at) => {
        if (bits & (1 << at)) graph[from] = (graph[from] ?? '') + to;
      });
      const reached = (from: string) => {
        const all = new Set(graph[from]);
        for (const one of all) for (const to of graph[one] ?? '') all.add(to);
        return all;
      };
      const reach = new Map(names.map((name) => [name, reached(name)]));
      const mutual = (one: string) =>
        names.filter(
          (to) => one === to || (reach.get(one)?.has(to) && reach.get(to)?.has(one)),
        );
      const expected = names.map((name) => mutual(name).join(''));
      const wanted = [...new Set(expected)].filter((all) => all.length > 1).toSorted();
      const found = of(graph, names).toSorted();
      if (found.join() !== wanted.join())
        t.strictSame(found, wanted, JSON.stringify(graph));
    }
    t.pass();
  },
);

t.test('long chains and meshes cost a look at each edge', async (t) => {
  const ring = Array.from({ length: 100_000 }, (_, at) => ({ at }));
  let looks = 0;
  const [all, ...more] = components(ring, function* ({ at }) {
    looks++;
    const next = ring[(at + 1) % ring.length];
    if (next) yield next;
  });
  t.equal(all?.length, ring.length);
  t.strictSame(more, []);
  t.equal(looks, ring.length);
});
