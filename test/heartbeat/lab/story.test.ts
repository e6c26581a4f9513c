import t from 'tap';
import { lab } from '../../support/lab.ts';
import { type Chapter, PATIENCE_MS, RETURN_MS, TIMING, tell } from './chapters.ts';
import { twoHosts } from './two-hosts.ts';

t.setTimeout(PATIENCE_MS);

/** What else can happen is told in campaign/story.test.ts. */
const STORY: readonly Chapter[] = [
  {
    name: 'graceful stop',
    act: ({ lb1 }) => lb1.command('stop'),
    by: 'lb2',
    alone: true,
  },
  { name: 'return', act: ({ lb1 }) => lb1.start(), by: 'lb1' },
  { name: 'kill -9', act: ({ lb1 }) => lb1.host.killAll(), by: 'lb2', alone: true },
  {
    name: 'its return',
    act: ({ lb1 }) => lb1.start(),
    by: 'lb1',
    alone: true,
    togetherMs: RETURN_MS,
  },
];

t.test('two of ours, with failback', lab('namespaces', 'apache2'), async (t) => {
  await using two = await twoHosts({ ...TIMING, auto_failback: 'yes' });
  await tell(t, two, STORY);
});
