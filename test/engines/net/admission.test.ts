import t from 'tap';
import { Admission, admissionMemory } from '../../../lib/engines/net/admission.ts';

t.test('the limit holds for all workers together', async (t) => {
  const memory = admissionMemory(2);
  const [one, two] = [new Admission(memory, 0), new Admission(memory, 1)];
  for (const admission of [one, two]) admission.limit = 3;
  t.same([one.enter(), two.enter(), two.enter()], [true, true, true]);
  t.same([one.enter(), two.enter()], [false, false]);
  t.same(one.stats(), [
    { openConnections: 1, acceptedConnections: 2, restarts: 0 },
    { openConnections: 2, acceptedConnections: 3, restarts: 0 },
  ]);
  two.leave();
  t.ok(one.enter());
  t.notOk(two.enter());
});

t.test('what a dead worker had open makes room', async (t) => {
  const memory = admissionMemory(2);
  const [one, two] = [new Admission(memory, 0), new Admission(memory, 1)];
  one.limit = 2;
  two.enter();
  two.enter();
  t.notOk(one.enter());
  one.bury(1);
  t.ok(one.enter());
  t.match(one.stats()[1], { openConnections: 0, acceptedConnections: 2, restarts: 1 });
});
