import t from 'tap';
import { SCHEDULERS, schedulerNamed } from '../../lib/schedulers/index.ts';
import { schedulerSuite } from '../support/scheduler-suite.ts';

for (const [name, scheduler] of Object.entries(SCHEDULERS))
  t.test(name, async (t) => schedulerSuite(t, scheduler));

t.test('every name that ipvsadm knows is there, and no other', async (t) => {
  const names = 'rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh twos';
  t.same(Object.keys(SCHEDULERS), names.split(' '));
  t.equal(schedulerNamed('wlc'), SCHEDULERS.wlc);
  for (const other of ['', 'RR', 'foobar', 'toString', '__proto__'])
    t.equal(schedulerNamed(other), undefined, JSON.stringify(other));
});
