import t from 'tap';
import type { Destination } from '../../../lib/daemon/log/destination.ts';
import { keepLog } from '../../../lib/daemon/log/keeper.ts';

/** Notes which place each line went to; `missing` has a problem while it is in the set. */
function places() {
  const lines: string[] = [];
  const opened: string[] = [];
  const missing = new Set<string>();
  const open = (place: string) => {
    const there = !missing.has(place);
    opened.push(place);
    const destination: Destination = {
      write: (message) => void lines.push(`${there ? place : 'stderr'}: ${message}`),
      dropped: 0,
      close: async () => true,
    };
    return there ? { destination } : { destination, problem: `no ${place}` };
  };
  return { lines, opened, missing, open };
}

t.test('a reload moves the log only where the config names another place', (t) => {
  const { lines, opened, open } = places();
  const keeper = keepLog('daemon', 'a.cf', '/a', open);
  keeper.log.info('one');
  keeper.follow('/a');
  keeper.follow('/b');
  keeper.log.info('two');
  keeper.reopen();
  t.same(opened, ['/a', '/b', '/b']);
  t.same(lines, ['/a: one', '/b: two']);
  t.end();
});

t.test(
  'a place that was missing is warned of once, and found at the next reload',
  (t) => {
    const { lines, missing, open } = places();
    missing.add('local0');
    const keeper = keepLog('daemon', 'a.cf', 'local0', open);
    keeper.log.info('one');
    t.equal(keeper.problem, 'no local0');
    missing.clear();
    keeper.follow('local0');
    keeper.log.info('two');
    t.equal(keeper.problem, undefined);
    t.same(lines, ['stderr: no local0', 'stderr: one', 'local0: two']);
    t.end();
  },
);
