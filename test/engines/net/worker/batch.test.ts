import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Batch } from '../../../../lib/engines/net/worker/batch.ts';

/** A batch, and the names of what has gone out. */
function recorded() {
  let ms = 0;
  const batch = new Batch(() => ms);
  const pass = (more: number) => {
    ms += more;
  };
  const out: string[] = [];
  const add = (...names: string[]) => {
    for (const name of names) batch.add({ goOut: () => out.push(name) });
  };
  return { batch, out, add, pass };
}

t.test('what comes alone goes out when its turn ends, once', async (t) => {
  const { out, add } = recorded();
  add('a');
  t.same(out, []);
  await turn();
  t.same(out, ['a']);
  await turn();
  t.same(out, ['a']);
});

t.test('where more comes it waits until a turn brings nothing', async (t) => {
  const { out, add } = recorded();
  add('a', 'b');
  await turn();
  t.same(out, [], 'two: there may be more');
  add('c');
  await turn();
  t.same(out, []);
  await turn();
  t.same(out, ['a', 'b', 'c'], 'in their order');
});

t.test('it waits no longer than for enough', async (t) => {
  const { out, add } = recorded();
  for (let i = 0; i < 63; i++) add(`${i}`);
  await turn();
  t.equal(out.length, 0);
  add('63');
  await turn();
  t.equal(out.length, 64);
});

t.test('nor for more than 16 turns', async (t) => {
  const { out, add } = recorded();
  add('a', 'b');
  let turns = 0;
  while (out.length === 0 && turns < 100) {
    await turn();
    turns++;
    add('more');
  }
  t.equal(turns, 16);
});

t.test('nor for more than a millisecond', async (t) => {
  const { out, add, pass } = recorded();
  add('a', 'b');
  pass(0.5);
  await turn();
  t.same(out, []);
  add('c');
  pass(0.5);
  await turn();
  t.same(out, ['a', 'b', 'c']);
});

t.test('what is added while it goes out is of the next batch', async (t) => {
  const { batch, out, add } = recorded();
  batch.add({
    goOut() {
      out.push('first');
      add('second');
    },
  });
  batch.send();
  t.same(out, ['first']);
  await turn();
  await turn();
  t.same(out, ['first', 'second']);
});

t.test('what was sent before its turn ended does not go out again', async (t) => {
  const { batch, out, add } = recorded();
  add('a');
  batch.send();
  await turn();
  t.same(out, ['a']);
});

t.test('after one that fails the next batch is whole', async (t) => {
  const { batch, out, add } = recorded();
  batch.add({
    goOut() {
      throw new Error('no');
    },
  });
  t.throws(() => batch.send(), /no/);
  add('a', 'b');
  batch.send();
  t.same(out, ['a', 'b']);
  await turn();
  t.same(out, ['a', 'b']);
});
