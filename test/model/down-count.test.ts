import t from 'tap';
import { counted, downMs, NEVER_DOWN } from '../../lib/model/down-count.ts';

const DOWN = { fell: true, down: true };
const UP = { fell: false, down: false };

t.test('times down add up, the present one too', async (t) => {
  const once = counted(counted(NEVER_DOWN, DOWN, 1_000), UP, 3_000);
  t.same([once.downs, downMs(once, 9_000)], [1, 2_000]);
  const twice = counted(once, DOWN, 10_000);
  t.same([twice.downs, downMs(twice, 10_500)], [2, 2_500]);
});

t.test('to go and to be down are two things', async (t) => {
  const left = counted(NEVER_DOWN, { fell: true, down: false }, 1_000);
  t.same([left.downs, downMs(left, 9_000)], [1, 0], 'as into maintenance');
  const anew = counted(NEVER_DOWN, { fell: false, down: true }, 1_000);
  t.same([anew.downs, downMs(anew, 9_000)], [0, 8_000], 'as one that never was up');
  const still = counted(anew, { fell: false, down: true }, 5_000);
  t.same([still.downs, downMs(still, 9_000)], [0, 8_000]);
});

t.test('a clock that went back takes nothing away', async (t) => {
  const down = counted(NEVER_DOWN, DOWN, 9_000);
  t.equal(downMs(down, 1_000), 0);
  t.equal(downMs(counted(down, UP, 8_000), 20_000), 0);
});
