import t from 'tap';
import { lab } from '../../support/lab.ts';
import { balanced } from '../lab/balanced.ts';
import { ENDS, MOVES, PATIENCE_MS, RETURN_MS, TIMING, tell } from '../lab/chapters.ts';
import { type TwoHosts, twoHosts } from '../lab/two-hosts.ts';

const NEEDS = lab('namespaces', 'apache2');

t.setTimeout(PATIENCE_MS);

t.test(
  'two of ours, with failback: moves, a cut link, a frozen node',
  NEEDS,
  async (t) => {
    await using two = await twoHosts({ ...TIMING, auto_failback: 'yes' });
    await tell(t, two, MOVES); // the rest is told in lab/story.test.ts
  },
);

t.test('two of ours, without failback', NEEDS, async (t) => {
  await using two = await twoHosts({ ...TIMING, auto_failback: 'no' });
  await tell(t, two, [
    { name: 'kill -9', act: () => two.lb1.host.killAll(), by: 'lb2', alone: true },
    {
      name: 'its return',
      act: () => two.lb1.start(),
      by: 'lb2',
      togetherMs: RETURN_MS,
    },
  ]);
  await two.rests('lb2');
});

t.test('two directors of ours, with failback: all of it', NEEDS, async (t) => {
  const { served, webs } = balanced({ isWarm: false });
  await using two = await twoHosts({ ...TIMING, auto_failback: 'yes' }, served);
  const story = [...ENDS, ...MOVES].map(({ act, ...chapter }) => ({
    ...chapter,
    async act(all: TwoHosts) {
      await act(all);
      // Its real server was killed with it.
      if (chapter.name === 'its return') webs.get('lb1')?.start();
    },
  }));
  await tell(t, two, story);
});
