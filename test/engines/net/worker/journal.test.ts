import t from 'tap';
import { Journal } from '../../../../lib/engines/net/worker/journal.ts';

t.test('nothing is noted until somebody asks, and after that all of it', async (t) => {
  const journal = new Journal<number>(3);
  journal.note(1);
  t.strictSame(journal.take(), { items: [], isAll: false });
  for (const one of [2, 3, 2]) journal.note(one);
  const { items, isAll } = journal.take();
  t.strictSame([[...items], isAll], [[2, 3], true]);
  journal.end();
  journal.note(4);
  t.strictSame(journal.take(), { items: [], isAll: false });
});

t.test('what is lost is told of once', async (t) => {
  const journal = new Journal<number>(3);
  journal.take();
  journal.lose();
  t.notOk(journal.take().isAll);
  t.ok(journal.take().isAll);
});

t.test('past its bound it says that there was more', async (t) => {
  const journal = new Journal<number>(3);
  journal.take();
  for (const one of [1, 2, 3, 3]) journal.note(one);
  t.ok(journal.take().isAll);
  for (const one of [1, 2, 3, 4]) journal.note(one);
  const { items, isAll } = journal.take();
  t.notOk(isAll);
  t.equal([...items].length, 3);
});
