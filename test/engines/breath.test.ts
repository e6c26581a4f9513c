import t from 'tap';
import { inTurns } from '../../lib/engines/breath.ts';

/** Counts turns of the event loop until told to stop. */
function turns() {
  let count = 0;
  let on = true;
  const next = () => {
    count++;
    if (on) setImmediate(next);
  };
  setImmediate(next);
  return {
    now: () => count,
    stop() {
      on = false;
    },
  };
}

function busy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

t.test('long work leaves turns to others, in its order', async (t) => {
  const clock = turns();
  const done: number[] = [];
  const at: number[] = [];
  await inTurns([1, 2, 3, 4], (one) => {
    busy(4);
    done.push(one);
    at.push(clock.now());
  });
  clock.stop();
  t.strictSame(done, [1, 2, 3, 4]);
  t.equal(new Set(at).size, 4, 'each in a turn of its own');
});

t.test('short work takes one, and an error comes out', async (t) => {
  const clock = turns();
  await inTurns([], () => t.fail());
  await inTurns([1, 2, 3], () => {}, 10_000);
  t.equal(clock.now(), 0);
  clock.stop();
  await t.rejects(
    inTurns([1], () => {
      throw new Error('work');
    }),
    { message: 'work' },
  );
});
