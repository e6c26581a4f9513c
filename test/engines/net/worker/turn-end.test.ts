import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { TurnEnd } from '../../../../lib/engines/net/worker/turn-end.ts';

t.test('what was added comes once, in its order, when the turn ends', async (t) => {
  const turnEnd = new TurnEnd();
  const came: string[] = [];
  for (const name of ['a', 'b', 'c']) turnEnd.add({ turnEnded: () => came.push(name) });
  t.same(came, []);
  await turn();
  t.same(came, ['a', 'b', 'c']);
  await turn();
  t.same(came, ['a', 'b', 'c']);
});

t.test('what is added meanwhile waits for the next turn', async (t) => {
  const turnEnd = new TurnEnd();
  const came: string[] = [];
  const second = { turnEnded: () => came.push('second') };
  turnEnd.add({
    turnEnded() {
      came.push('first');
      turnEnd.add(second);
    },
  });
  turnEnd.run();
  t.same(came, ['first']);
  await turn();
  await turn();
  t.same(came, ['first', 'second']);
});

t.test('what ran before its turn ended does not come again', async (t) => {
  const turnEnd = new TurnEnd();
  let count = 0;
  turnEnd.add({ turnEnded: () => count++ });
  turnEnd.run();
  await turn();
  t.equal(count, 1);
});
