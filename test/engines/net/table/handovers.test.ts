import t from 'tap';
import { handoversOf } from '../../../../lib/engines/net/table/handovers.ts';

const EVERYWHERE = new Map([
  [0, [20]],
  [1, [21]],
  [2, [22]],
]);

t.test('all sockets go to the one worker that carries it alone', async (t) => {
  t.strictSame(handoversOf(EVERYWHERE, 1, 3), [
    { descriptor: 20, from: 0, to: 1 },
    { descriptor: 22, from: 2, to: 1 },
  ]);
  t.strictSame(handoversOf(new Map([[1, [21, 31]]]), 2, 3), [
    { descriptor: 21, from: 1, to: 2 },
    { descriptor: 31, from: 1, to: 2 },
  ]);
  t.strictSame(handoversOf(new Map([[1, [21]]]), 1, 3), [], 'it has them');
  t.strictSame(handoversOf(new Map(), 1, 3), [], 'it is not open');
});

t.test('and one each to those without, where all carry it again', async (t) => {
  t.strictSame(handoversOf(new Map([[1, [21, 20, 22]]]), undefined, 3), [
    { descriptor: 20, from: 1, to: 0 },
    { descriptor: 22, from: 1, to: 2 },
  ]);
  const few = new Map([
    [0, []],
    [1, [21, 20]],
  ]);
  t.strictSame(handoversOf(few, undefined, 3), [{ descriptor: 20, from: 1, to: 0 }]);
  t.strictSame(handoversOf(EVERYWHERE, undefined, 3), []);
});
