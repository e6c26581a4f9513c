import t from 'tap';
import { Homes } from '../../../../lib/engines/net/table/homes.ts';
import { tiesOf } from '../../../../lib/engines/net/table/ties.ts';
import { aService, OPTIONS } from '../../../support/config.ts';

/** Services with what each leads to. */
function tableOf(leading: Readonly<Record<string, readonly string[]>>) {
  return Object.entries(leading).map(([id, to]) => {
    const sni = to.map((service) => ({ name: `${service}.example`, service }));
    return { service: aService({ id, options: { ...OPTIONS, sni } }), servers: [] };
  });
}

function groupsOf(
  leading: Readonly<Record<string, readonly string[]>>,
  alone: readonly string[],
) {
  const ties = tiesOf(tableOf(leading), (id) => alone.includes(id));
  return ties.map((ids) => [...ids]);
}

t.test('services that meet at one that one worker carries are tied', async (t) => {
  const leading = { a: ['x', 'y'], b: ['y', 'z'], c: ['z'], d: ['w'], e: [] };
  t.strictSame(groupsOf(leading, []), [], 'all can be carried anywhere');
  t.strictSame(groupsOf(leading, ['a', 'e']), [], 'who leads on may be anywhere');
  t.strictSame(groupsOf(leading, ['x']), [['x', 'a']]);
  t.strictSame(groupsOf(leading, ['y']), [['y', 'a', 'b']]);
  t.strictSame(groupsOf(leading, ['x', 'z', 'w']), [
    ['x', 'a'],
    ['z', 'b', 'c'],
    ['w', 'd'],
  ]);
  t.strictSame(groupsOf(leading, ['x', 'y', 'z']), [['x', 'y', 'z', 'a', 'b', 'c']]);
  const late = { a: ['x'], b: ['y'], c: ['x', 'y'] };
  t.strictSame(groupsOf(late, ['x', 'y']), [['x', 'y', 'a', 'b', 'c']]);
});

t.test('they live where the first of them has lived', async (t) => {
  const homes = new Homes(3);
  for (const id of ['x', 'y', 'z']) homes.settle(id, true);
  t.strictSame(homes.join(new Set(['y', 'z', 'a'])), ['z', 'a']);
  for (const id of ['y', 'z', 'a']) t.equal(homes.of(id), 1, id);
  t.strictSame(homes.join(new Set(['y', 'z', 'a'])), [], 'nobody moves again');
  t.strictSame(homes.join(new Set(['b', 'c'])), ['b', 'c']);
  t.equal(homes.of('b'), 2, 'where there are fewest');
  t.equal(homes.of('c'), 2);
  homes.leave('y');
  t.equal(homes.of('y'), undefined);
  t.equal(homes.settle('a', false), undefined);
});
