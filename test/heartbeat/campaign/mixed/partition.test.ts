import t from 'tap';
import { lab } from '../../../support/lab.ts';
import { cluster, HEALED } from '../../lab/mixed/story.ts';

t.setTimeout(600_000);

const NEEDS = lab('namespaces', 'apache2', 'heartbeat');
const KEY = 'sha1 TOPSECRETWORD';

t.test('a partition, with the address on this program before it', NEEDS, async (t) => {
  await using two = await cluster(t, { programs: ['ours', 'heartbeat'], key: KEY });
  const { lb1, begin, story } = two;
  await begin();
  await story('a cut link', () => lb1.host.cut(), 'lb2', { aside: true });
  await story('it heals', () => lb1.host.restore(), 'lb1', HEALED);
});

t.test(
  "a partition, with the address on Debian's Heartbeat before it",
  NEEDS,
  async (t) => {
    await using two = await cluster(t, { programs: ['heartbeat', 'ours'], key: KEY });
    const { lb1, begin, story } = two;
    await begin();
    await story('a cut link', () => lb1.host.cut(), 'lb2', { aside: true });
    await story('it heals', () => lb1.host.restore(), 'lb2', HEALED);
    await story('failback', () => {}, 'lb1');
  },
);
