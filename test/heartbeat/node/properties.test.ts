import t from 'tap';
import { NAMES, type Name } from './holders.ts';
import type { Network } from './network.ts';
import { both, held, partition, SECOND, seeded } from './scene.ts';
import { seedsOf } from './seeds.ts';

t.setTimeout(200_000);

/** With a `deadtime` of 20 keepalives nobody is taken for dead by chance. */
const BAD = { lost: 0.3, doubled: 0.3, delay: 400 };
/** After a partition a status must come through, of which one in three is lost, and scripts must end: those that
 *  run, and those that give up. */
const HEALING = 10 * SECOND;
const REST = 100 * SECOND;
const SEEDS = 3;

interface Play {
  readonly network: Network;
  random(): number;
  any(): Name;
}

/** What can happen to two nodes that are both there. @returns until when both may have the same group */
const EVENTS: Readonly<Record<string, (play: Play) => number>> = {
  kill({ network, any, random }) {
    const name = any();
    network.kill(name);
    network.play(random() * 30 * SECOND);
    network.start(name);
    return 0;
  },
  'graceful stop'({ network, any, random }) {
    const name = any();
    network.shutDown(name);
    network.play(25 * SECOND + random() * 10 * SECOND);
    network.start(name);
    return 0;
  },
  standby({ network, any, random }) {
    const [hold = 'all'] = (['all', 'local', 'foreign'] as const).slice(
      Math.floor(random() * 3),
    );
    network.standby(any(), hold);
    return 0;
  },
  'standby of both'({ network }) {
    for (const name of NAMES) network.standby(name, 'all');
    return 0;
  },
  takeover({ network, any }) {
    network.command(any(), ['t', 'hb_takeover'], ['rsc_hold', 'all']);
    return 0;
  },
  partition({ network, random }) {
    partition(network, true);
    network.play(random() * 40 * SECOND);
    partition(network, false);
    return network.now + HEALING;
  },
  'partition in one direction'({ network, any, random }) {
    const name = any();
    network.cut.add(name);
    network.play(random() * 40 * SECOND);
    network.cut.delete(name);
    return network.now + HEALING;
  },
  freeze({ network, any, random }) {
    const name = any();
    network.freeze(name);
    network.play(random() * 40 * SECOND);
    network.thaw(name);
    return network.now + HEALING;
  },
  'standby and then death'({ network, any, random }) {
    const name = any();
    network.standby(any(), 'all');
    network.play(random() * 3 * SECOND);
    network.kill(name);
    network.play(random() * 20 * SECOND);
    network.start(name);
    return 0;
  },
  illness({ network, any, random }) {
    const name = any();
    network.healthy(name, false);
    network.play(random() * 40 * SECOND);
    network.healthy(name, true);
    return 0;
  },
  'a host that is pinged is lost'({ network, any, random }) {
    const name = any();
    network.unreachable.add(`${name} gateway`);
    network.play(random() * 60 * SECOND);
    network.unreachable.delete(`${name} gateway`);
    return 0;
  },
};

for (const failback of ['on', 'off', 'legacy'])
  t.test(
    `auto_failback ${failback}: whatever happens, each group has one holder at rest, and two in a partition alone`,
    async (t) => {
      for (const seed of seedsOf(t, SEEDS)) {
        const random = seeded(seed);
        const network = both(
          `auto_failback ${failback}\ndeadtime 20\ninitdead 40\nping gateway\nrespawn root /usr/lib/ipfail`,
          BAD,
          seed,
        );
        network.scriptMs = () => 100 + random() * SECOND;
        network.play(REST);
        for (let n = 0; n < 6; n++) {
          const from = network.now;
          const names = Object.keys(EVENTS);
          const name = names[Math.floor(random() * names.length)] ?? 'kill';
          const any = () => (random() < 0.5 ? 'lb1' : 'lb2');
          const until = EVENTS[name]?.({ network, random, any }) ?? 0;
          network.play(REST);
          const late = network.holders.spans(2, Math.max(from, until), network.now);
          const good =
            held(network).every((by) => by === 'lb1' || by === 'lb2') &&
            late.length === 0;
          t.ok(good, `seed ${seed}, ${name}: ${held(network)} ${JSON.stringify(late)}`);
          if (!good) {
            const since = network.log.filter((line) => Number.parseFloat(line) >= from);
            t.comment(since.join('\n'));
            break;
          }
        }
      }
    },
  );
