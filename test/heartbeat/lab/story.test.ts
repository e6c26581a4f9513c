import t from 'tap';
import { lab } from '../../support/lab.ts';
import { ENDS, PATIENCE_MS, TIMING, tell } from './chapters.ts';
import { twoHosts } from './two-hosts.ts';

t.setTimeout(PATIENCE_MS);

t.test('two of ours, with failback', lab('namespaces', 'apache2'), async (t) => {
  await using two = await twoHosts({ ...TIMING, auto_failback: 'yes' });
  await tell(t, two, ENDS); // what else can happen is told in campaign/story.test.ts
});
