import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { lab } from '../../../support/lab.ts';
import { cluster } from '../../lab/mixed/story.ts';
import { lose, lost } from '../loss.ts';

t.setTimeout(600_000);

/** Fifteen in a row must be lost before a node is taken for dead that is not. */
const TIMING = { keepalive: 500, warntime: 2000, deadtime: 8000, initdead: 10_000 };
/** For which a busy machine may keep the client waiting. */
const STALL_MS = 3000;
/** Both have been there for ten seconds already when lb1 serves. */
const QUIET_MS = process.env.HEARTBEAT === 'long' ? 300_000 : 20_000;
/** In which the last word of a move comes, though it be lost and asked for again: until then a node takes no other command. */
const LAST_WORD_MS = 5000;
/** Far less than what 30 % of two a second are. */
const LEAST_LOST = QUIET_MS / 4000;

t.test(
  "with Debian's Heartbeat, and a loss of 30 % in both directions",
  lab('namespaces', 'apache2', 'heartbeat', 'nft'),
  async (t) => {
    await using two = await cluster(t, {
      programs: ['ours', 'heartbeat'],
      key: 'sha1 TOPSECRETWORD',
      timing: TIMING,
    });
    const { lb1, lb2, begin, story } = two;
    for (const { host } of [lb1, lb2]) await lose(host);
    await begin();
    await story('nothing', () => sleep(QUIET_MS), 'lb1', { outageMs: STALL_MS });
    for (const { host, log } of [lb1, lb2]) {
      t.notMatch(log, /: is dead|acquired from/, 'nobody takes over');
      const count = await lost(host);
      t.ok(count >= LEAST_LOST, `${count} were lost`);
    }
    await story('hb_standby', () => lb1.standby(), 'lb2');
    await sleep(LAST_WORD_MS);
    await story('hb_standby of the other', () => lb2.standby(), 'lb1');
    await story('kill -9 of all there', () => lb1.crash(), 'lb2', { aside: true });
  },
);
