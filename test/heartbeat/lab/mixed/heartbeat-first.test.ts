import t from 'tap';
import { lab } from '../../../support/lab.ts';
import { READ_MS } from './cluster-host.ts';
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
    // It has everything now, and then its own alone: it takes the rest when it does not notice what has happened.
    const { doubledMs = 0 } = HEALED;
    for (const [what, goOn, moreMs] of [
      ['unaware', () => lb1.goOnUnaware(), READ_MS],
      ['as it happens', () => lb1.signal('SIGCONT'), 0],
    ] as const) {
      const freeze = () => lb1.signal('SIGSTOP');
      await story('a frozen Heartbeat', freeze, 'lb2', { aside: true });
      await story(`it goes on, ${what}`, goOn, 'lb1', {
        doubledMs: doubledMs + moreMs,
      });
    }
    t.match(lb1.log, /ERROR: Both machines own our resources!/, 'it was unaware');
  },
);
