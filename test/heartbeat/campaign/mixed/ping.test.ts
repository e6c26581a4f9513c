import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { lab } from '../../../support/lab.ts';
import { until } from '../../../support/site.ts';
import type { ClusterHost } from '../../lab/mixed/cluster-host.ts';
import { cluster } from '../../lab/mixed/story.ts';
import { deafen, hearAgain } from '../deaf.ts';

t.setTimeout(600_000);
t.jobs = 2; // each has a network of its own, and mostly waits

const IS_LONG = process.env.HEARTBEAT === 'long';
/** Nobody dies here: a machine that is busy for seconds must not look as if somebody had. */
const TIMING = IS_LONG
  ? { keepalive: 2000, warntime: 5000, deadtime: 20_000, initdead: 20_000 }
  : { keepalive: 500, warntime: 2000, deadtime: 8000, initdead: 10_000 };
const DEADPING_MS = IS_LONG ? 10_000 : 3000;
/** Until a host is dead, and for two keepalives for which ipfail waits for the other node to lose it, too. */
const DECIDED_MS = DEADPING_MS + 3 * TIMING.keepalive;
/** Whoever has the address loses a host later, and finds it earlier: a Heartbeat may notice a second after a node here,
 *  and two short keepalives are no more than that. */
const AHEAD_MS = IS_LONG ? 0 : TIMING.keepalive;
/** The other way round it takes the answers to one question more, and a Heartbeat a second to ask it. */
const FOUND_MS = 6 * TIMING.keepalive;
/** The address is handed over, by some dozen programs that a Heartbeat starts: nobody waits for deadtime. The most of
 *  it is for a busy machine. */
const BOUNDS = { outageMs: 5000 };

const GATEWAY = '10.1.1.1';
const ROUTERS = ['10.1.1.4', '10.1.1.5'] as const;
const PINGS = `deadping ${DEADPING_MS / 1000}
ping ${GATEWAY}
ping_group routers ${ROUTERS.join(' ')}
`;

/** How often it has lost the gateway. */
function deaths({ log }: ClusterHost): number {
  return log.split(`node ${GATEWAY}: is dead`).length - 1;
}

for (const programs of [
  ['ours', 'heartbeat'],
  ['heartbeat', 'ours'],
] as const)
  t.test(
    `ipfail: who reaches fewer hosts gives the address away; ${programs.join(', ')}`,
    lab('namespaces', 'apache2', 'heartbeat', 'nft'),
    async (t) => {
      await using two = await cluster(t, {
        programs,
        key: 'sha1 TOPSECRETWORD',
        timing: TIMING,
        haCf: PINGS,
      });
      const { lb1, lb2, network, begin, story, stays } = two;
      await network.host('net', ...[GATEWAY, ...ROUTERS].map((one) => `${one}/24`));
      await begin();

      const loses = () => deafen(lb1.host, GATEWAY);
      await story('the holder loses the gateway', loses, 'lb2', BOUNDS);
      const finds = () => hearAgain(lb1.host);
      await story('it is back, and failback', finds, 'lb1', BOUNDS);

      await story('hb_standby', () => lb1.standby(), 'lb2', BOUNDS);
      const losesGroup = () => deafen(lb2.host, ...ROUTERS);
      await story('that holder loses the group', losesGroup, 'lb1', BOUNDS);
      await stays('it is back', () => hearAgain(lb2.host), 'lb1', FOUND_MS);

      const bothLose = async () => {
        await deafen(lb2.host, GATEWAY);
        await sleep(AHEAD_MS);
        await deafen(lb1.host, GATEWAY, ROUTERS[0]);
      };
      const before = [lb1, lb2].map(deaths);
      await stays('both lose it', bothLose, 'lb1', DECIDED_MS);
      for (const [n, one] of [lb1, lb2].entries())
        await until(
          () => deaths(one) > (before[n] ?? 0),
          `${one.host.name} to have lost it`,
        );
      const bothFind = async () => {
        await hearAgain(lb1.host);
        await sleep(AHEAD_MS);
        await hearAgain(lb2.host);
      };
      await stays('both find it', bothFind, 'lb1', FOUND_MS);
    },
  );
