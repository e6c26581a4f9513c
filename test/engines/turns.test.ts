import t from 'tap';
import { Turns } from '../../lib/engines/turns.ts';

t.test('work is done one after the other, whatever becomes of it', async (t) => {
  const turns = new Turns();
  const told: string[] = [];
  const work = (name: string, ms: number) => async () => {
    told.push(`${name} begins`);
    await new Promise((wait) => setTimeout(wait, ms));
    told.push(`${name} ends`);
    if (name === 'two') throw new Error('no');
    return name;
  };
  const [one, two, three] = [
    turns.take(work('one', 20)),
    turns.take(work('two', 1)),
    turns.take(work('three', 1)),
  ];
  await t.rejects(two, { message: 'no' });
  t.same([await one, await three], ['one', 'three']);
  t.same(told, [
    'one begins',
    'one ends',
    'two begins',
    'two ends',
    'three begins',
    'three ends',
  ]);
  void turns.take(work('four', 20));
  await turns.over();
  t.equal(told.at(-1), 'four ends');
});
