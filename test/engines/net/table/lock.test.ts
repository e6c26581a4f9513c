import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { Lock } from '../../../../lib/engines/net/table/lock.ts';
import { COUNTS } from '../fixtures/together.ts';

const THREAD = new URL(
  `../fixtures/lock-thread${extname(import.meta.url)}`,
  import.meta.url,
);
const MAIN = 9;
const THREADS = 4;

function thread(words: Int32Array, owner: number, task: string): Worker {
  return new Worker(THREAD, { workerData: { words, owner, task, threads: THREADS } });
}

function memory(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(12));
}

t.test('what threads do under it is never interleaved', async (t) => {
  const words = memory();
  const threads = [1, 2, 3, 4].map((owner) => thread(words, owner, 'count'));
  await Promise.all(threads.map((one) => once(one, 'exit')));
  t.same([...words], [0, THREADS * COUNTS, THREADS]);
});

t.test('giving it back does not open what another has taken', async (t) => {
  const words = memory();
  const [one, two] = [new Lock(words, 0, 1), new Lock(words, 0, 2)];
  one.take();
  two.give();
  t.not(words[0], 0);
  two.free(1);
  t.equal(words[0], 0);
});

t.test('a dead holder is freed from outside, and who sleeps wakes', async (t) => {
  const words = memory();
  const dead = thread(words, 1, 'take');
  await once(dead, 'exit');
  const sleeper = thread(words, 2, 'take');
  await once(sleeper, 'message');
  const taken = once(sleeper, 'message');
  while (Atomics.load(words, 0) === 1) await new Promise(setImmediate);
  t.not(words[0], 1, 'somebody sleeps');
  new Lock(words, 0, MAIN).free(1);
  t.same(await taken, ['taken']);
});

t.test('without help the lock of a dead holder is taken in the end', async (t) => {
  const words = memory();
  await once(thread(words, 1, 'take'), 'exit');
  const lock = new Lock(words, 0, MAIN);
  lock.take();
  lock.give();
  t.equal(words[0], 0);
});
