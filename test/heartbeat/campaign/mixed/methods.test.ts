import t from 'tap';
import { lab } from '../../../support/lab.ts';
import { cluster, RETURN_MS } from '../../lab/mixed/story.ts';

t.setTimeout(600_000);

for (const key of ['md5 TOPSECRETWORD', 'crc'])
  t.test(
    `with Debian's Heartbeat, signed by ${key}`,
    lab('namespaces', 'apache2', 'heartbeat'),
    async (t) => {
      await using two = await cluster(t, { programs: ['ours', 'heartbeat'], key });
      const { lb1, begin, story } = two;
      await begin();
      await story('kill -9', () => lb1.crash(), 'lb2', { aside: true });
      await story('return and failback', () => lb1.start(), 'lb1', {
        doubledMs: RETURN_MS,
      });
      await story('graceful stop', () => lb1.stop(), 'lb2');
    },
  );
