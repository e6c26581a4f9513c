import t from 'tap';
import { createClosers } from '../../lib/daemon/closers.ts';

t.test(
  'what was opened last is closed first, also what is added meanwhile',
  async (t) => {
    const order: string[] = [];
    const closers = createClosers(10_000);
    closers.add('first', async () => order.push('first'));
    closers.add('second', async () => {
      order.push('second');
      closers.add('late', async () => order.push('late'));
    });
    t.same(await closers.close(), []);
    t.same(order, ['second', 'late', 'first']);
  },
);

t.test('what hangs or fails is named, and does not keep the rest open', async (t) => {
  const closed: string[] = [];
  const closers = createClosers(10);
  closers.add('good', async () => closed.push('good'));
  closers.add('hanging', () => new Promise(() => {}));
  closers.add('failing', () => Promise.reject(new Error('no')));
  t.same(await closers.close(), ['failing', 'hanging']);
  t.same(closed, ['good']);
});
