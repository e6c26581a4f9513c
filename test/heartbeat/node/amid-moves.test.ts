import t from 'tap';
import { type Hold, isHold } from '../../../lib/heartbeat/ownership/hold.ts';
import { NAMES, type Name } from './holders.ts';
import type { Network } from './network.ts';
import { both, held, SECOND, seeded, words } from './scene.ts';
import { seedsOf } from './seeds.ts';

t.setTimeout(200_000);

/** What comes right behind something else, and how long scripts take, is chance. */
const SEEDS = 4;
const SETTLING = 100 * SECOND;
/** Four scripts of half a minute one after the other, on both nodes, and what is tried again. */
const REST = 400 * SECOND;
const HOLDS = ['all', 'local', 'foreign'] satisfies Hold[];

interface Play {
  readonly network: Network;
  readonly name: Name;
  readonly hold: Hold;
  random(): number;
}

/** What can happen at any time, and cuts nobody off: nothing of it gives both nodes the same group. */
const EVENTS: Readonly<Record<string, (play: Play) => void>> = {
  standby({ network, name, hold }) {
    if (network.isAlive(name)) network.standby(name, hold);
  },
  'standby of both'({ network, hold }) {
    for (const name of NAMES) if (network.isAlive(name)) network.standby(name, hold);
  },
  takeover({ network, name, hold }) {
    if (network.isAlive(name))
      network.command(name, ['t', 'hb_takeover'], ['rsc_hold', hold]);
  },
  'a new run'({ network, name, random }) {
    if (network.isAlive(name)) network.kill(name);
    network.play(random() * 4 * SECOND);
    network.start(name);
  },
  'graceful stop'({ network, name }) {
    if (network.isAlive(name)) network.shutDown(name);
    else network.start(name);
  },
  'health changes'({ network, name, random }) {
    if (network.isAlive(name)) network.healthy(name, random() < 0.5);
  },
  'a host that is pinged comes or goes'({ network, name }) {
    toggle(network.unreachable, `${name} gateway`);
  },
  'scripts fail, or do again'({ network, name, hold }) {
    const other = name === 'lb1' ? 'lb2' : 'lb1';
    toggle(network.broken, `${name} ${hold === 'foreign' ? other : name}`);
  },
};

function toggle(set: Set<string>, one: string): void {
  if (!set.delete(one)) set.add(one);
}

/** @returns  what happened, each with its time */
function play(network: Network, random: () => number): string[] {
  const story: string[] = [];
  for (let n = 0; n < 3 + random() * 6; n++) {
    const [what, event] = one(Object.entries(EVENTS), random);
    const name = one(NAMES, random);
    const hold = one(HOLDS, random);
    story.push(`${network.now} ${what} ${name} ${hold}`);
    event({ network, name, hold, random });
    network.play(random() * (random() < 0.5 ? 1.5 : 25) * SECOND);
  }
  return story;
}

function mend(network: Network): void {
  network.unreachable.clear();
  network.broken.clear();
  network.play(SETTLING);
  for (const name of NAMES)
    if (network.isAlive(name)) network.healthy(name, true);
    else network.start(name);
  network.play(REST);
}

function one<T>(all: readonly T[], random: () => number): T {
  const [first] = all.slice(Math.floor(random() * all.length));
  if (first === undefined) throw new Error('there is none');
  return first;
}

for (const failback of ['on', 'off', 'legacy'])
  t.test(
    `auto_failback ${failback}: whatever happens amid moves, nobody has what the other one has`,
    async (t) => {
      for (const seed of seedsOf(t, SEEDS)) {
        const random = seeded(seed);
        const haCf = `auto_failback ${failback}\ndeadtime 20\ninitdead 40\nping gateway\nrespawn root /usr/lib/ipfail`;
        const weather = { lost: 0, doubled: 0, delay: 5 + random() * 50 };
        const network = both(haCf, weather, seed);
        const longest = one([0.5, 5, 30], random);
        network.scriptMs = () => (0.1 + random() * longest) * SECOND;
        network.play(SETTLING);
        const from = network.now;
        const story = play(network, random);
        mend(network);
        const twice = network.holders.spans(2, from, network.now);
        const isGood =
          twice.length === 0 &&
          held(network).every((by) => by === 'lb1' || by === 'lb2') &&
          words(network).every(isHold);
        t.ok(
          isGood,
          `seed ${seed}: ${held(network)}, ${words(network)}, ${JSON.stringify(twice)}`,
        );
        if (isGood) continue;
        const since = network.log.filter((line) => Number.parseFloat(line) >= from);
        t.comment([...story, ...since].join('\n'));
      }
    },
  );
