import t from 'tap';
import { lab } from '../../support/lab.ts';
import { type Chapter, PATIENCE_MS, TIMING, tell } from '../lab/chapters.ts';
import { twoHosts } from '../lab/two-hosts.ts';

const NEEDS = lab('namespaces', 'apache2');

t.setTimeout(PATIENCE_MS);

/** What is not told in lab/story.test.ts. */
const STORY: readonly Chapter[] = [
  { name: 'standby', act: ({ lb1 }) => lb1.command('standby'), by: 'lb2' },
  { name: 'takeover', act: ({ lb1 }) => lb1.command('takeover'), by: 'lb1' },
  { name: 'a cut link', act: ({ lb1 }) => lb1.host.cut(), by: 'lb2', alone: true },
  {
    name: 'a healed link',
    act: ({ lb1 }) => lb1.host.restore(),
    by: 'lb1',
    alone: true,
  },
  { name: 'frozen', act: ({ lb1 }) => lb1.signal('SIGSTOP'), by: 'lb2', alone: true },
  { name: 'thawed', act: ({ lb1 }) => lb1.signal('SIGCONT'), by: 'lb1', alone: true },
];

t.test(
  'two of ours, with failback: moves, a cut link, a frozen node',
  NEEDS,
  async (t) => {
    await using two = await twoHosts({ ...TIMING, auto_failback: 'yes' });
    await tell(t, two, STORY);
  },
);

t.test('two of ours, without failback', NEEDS, async (t) => {
  await using two = await twoHosts({ ...TIMING, auto_failback: 'no' });
  await tell(t, two, [
    { name: 'kill -9', act: () => two.lb1.host.killAll(), by: 'lb2', alone: true },
    { name: 'its return', act: () => two.lb1.start(), by: 'lb2', alone: true },
  ]);
  await two.rests('lb2');
});
