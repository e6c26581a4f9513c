import t from 'tap';
import { EventQueue } from '../../lib/engines/event-queue.ts';

async function rest(queue: EventQueue<number>): Promise<number[]> {
  const values: number[] = [];
  for await (const value of queue) values.push(value);
  return values;
}

t.test('values come in order, the oldest dropped when nobody takes them', async (t) => {
  const queue = new EventQueue<number>(3);
  for (let n = 1; n <= 5; n++) queue.push(n);
  queue.close();
  queue.push(6);
  t.same(await rest(queue), [3, 4, 5]);
});

t.test('a waiting consumer is woken by a value, and by the end', async (t) => {
  const queue = new EventQueue<number>(3);
  const all = rest(queue);
  await null;
  queue.push(1);
  await new Promise((resolve) => setImmediate(resolve));
  queue.push(2);
  queue.close();
  t.same(await all, [1, 2]);
});
