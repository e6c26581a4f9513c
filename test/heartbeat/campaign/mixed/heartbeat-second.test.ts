import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { lab } from '../../../support/lab.ts';
import { cluster, HEALED, RETURN_MS, TIMING } from '../../lab/mixed/story.ts';

t.setTimeout(600_000);

/** Until a Heartbeat that begins has joined; lb1 serves all the while. */
const JOINED_MS = TIMING.initdead + 10_000;

t.test(
  "this program's node has the address, Debian's Heartbeat takes it over",
  lab('namespaces', 'apache2', 'heartbeat'),
  async (t) => {
    await using two = await cluster(t, {
      programs: ['ours', 'heartbeat'],
      key: 'sha1 TOPSECRETWORD',
    });
    const { lb1, lb2, begin, story } = two;
    await begin();
    await story('kill -9 of all there', () => lb1.crash(), 'lb2', { aside: true });
    await story('return and failback', () => lb1.start(), 'lb1', {
      doubledMs: RETURN_MS,
    });
    await story('graceful stop', () => lb1.stop(), 'lb2');
    await story('start and failback', () => lb1.start(), 'lb1');
    await story('hb_standby', () => lb1.standby(), 'lb2');
    await story('hb_standby of the other', () => lb2.standby(), 'lb1');
    await story('kill -9 of the Heartbeat', () => lb2.crash(), 'lb1', { aside: true });
    const returns = async () => {
      await lb2.start();
      await sleep(JOINED_MS);
    };
    await story('its return', returns, 'lb1');
    await story('a frozen node', () => lb1.signal('SIGSTOP'), 'lb2', { aside: true });
    await story('it goes on', () => lb1.signal('SIGCONT'), 'lb1', HEALED);
  },
);
