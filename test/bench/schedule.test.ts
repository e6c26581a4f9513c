import t from 'tap';
import { Schedule } from '../../bench/load/schedule.ts';

t.test('operations fall due at an even pace, and none before', async (t) => {
  const schedule = new Schedule(1000, 100, 1);
  t.equal(schedule.take(999), undefined);
  t.equal(schedule.take(1000), 1000);
  t.equal(schedule.take(1009), undefined);
  t.equal(schedule.take(1010), 1010);
});

t.test('one that is begun late keeps the time at which it was due', async (t) => {
  const schedule = new Schedule(0, 1000, 1);
  const taken = Array.from({ length: 4 }, () => schedule.take(500));
  t.strictSame(taken, [0, 1, 2, 3]);
});

t.test('there are as many as rate and time make, and then no next one', async (t) => {
  const schedule = new Schedule(0, 50, 2);
  while (schedule.take(1e9) !== undefined);
  t.equal(schedule.taken, 100);
  t.equal(schedule.nextAt, Number.POSITIVE_INFINITY);
});
