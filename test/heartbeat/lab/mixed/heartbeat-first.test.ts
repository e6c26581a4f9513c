import t from 'tap';
import { lab } from '../../../support/lab.ts';
import { cluster, HEALED } from './story.ts';

t.setTimeout(600_000);

t.test(
  "Debian's Heartbeat has the address, this program's node takes it over",
  lab('namespaces', 'apache2', 'heartbeat'),
  async (t) => {
    await using two = await cluster(t, {
      programs: ['heartbeat', 'ours'],
      key: 'sha1 TOPSECRETWORD',
    });
    const { lb1, lb2, begin, story } = two;
    await begin();
    await story('kill -9 of all there', () => lb1.crash(), 'lb2', { aside: true });
    await lb1.forgetAddress();
    await story('return and failback', () => lb1.start(), 'lb1');
    await story('graceful stop', () => lb1.stop(), 'lb2');
    await story('start and failback', () => lb1.start(), 'lb1');
    await story('hb_standby', () => lb1.standby(), 'lb2');
    await story('hb_standby of the other', () => lb2.standby(), 'lb1');
    await story('a frozen Heartbeat', () => lb1.signal('SIGSTOP'), 'lb2', {
      aside: true,
    });
    // It may notice that it stood still, begin anew and get its own back, or not notice: then the other one gives up.
    const { doubledMs = 0 } = HEALED;
    await story('it goes on', () => lb1.signal('SIGCONT'), 'lb1', { doubledMs });
  },
);
