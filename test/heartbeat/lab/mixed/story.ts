import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { createNetwork, type Network } from '../../../lab/network.ts';
import { ClusterHost, type Program, VIP } from './cluster-host.ts';
import { clock, Watch } from './watch.ts';

export interface ClusterOptions {
  /** Of lb1, whose address it is when all is well, and of lb2. */
  readonly programs: readonly [Program, Program];
  /** A line of authkeys, without its number. */
  readonly key: string;
  readonly timing?: Timing;
  /** Further lines of ha.cf. */
  readonly haCf?: string;
}

/** Milliseconds, as in ha.cf. */
interface Timing {
  readonly keepalive: number;
  readonly warntime: number;
  readonly deadtime: number;
  readonly initdead: number;
}

/** `HEARTBEAT=long`: the times that people have. */
const IS_LONG = process.env.HEARTBEAT === 'long';
export const TIMING: Timing = IS_LONG
  ? { keepalive: 2000, warntime: 5000, deadtime: 10_000, initdead: 20_000 }
  : { keepalive: 500, warntime: 1000, deadtime: 2000, initdead: 4000 };

/** What may pass after deadtime until the client is served; a Heartbeat looks at what it has heard when one of
 *  its own timers ends, and starts some dozen programs before an address is there. */
const MORE_MS: Readonly<Record<Program, number>> = {
  ours: IS_LONG ? 1000 : 3000, // the short form runs beside other tests
  heartbeat: 3000,
};

export interface StoryBounds {
  /** The other host is dead, frozen or cut off: what it has does not count. */
  readonly aside?: boolean;
  /** Without an answer. */
  readonly outageMs?: number;
  /** For which both may have the address. */
  readonly doubledMs?: number;
}

/** A host that returns after its processes were killed has the address until Node runs, which removes it first;
 *  that alone takes a second on a busy machine. */
export const RETURN_MS = IS_LONG ? 1000 : 4000;

/** Both have the address when a partition is over. A Heartbeat gives everything up when this program's node, which
 *  hears it within a keepalive, asks for it, and needs as long as ever until its scripts have ended; this program's
 *  node keeps what it has, and the client is never without an answer for longer than a keepalive. */
export const HEALED: StoryBounds = {
  outageMs: TIMING.keepalive + 1000,
  doubledMs: TIMING.keepalive + MORE_MS.heartbeat,
};

/** So long after its start a node asks for two seconds more until it is taken for dead. */
const YOUNG_MS = 5000;

/** Two nodes, a client, and what can happen to them. */
export interface Cluster extends AsyncDisposable {
  readonly network: Network;
  readonly lb1: ClusterHost;
  readonly lb2: ClusterHost;
  /** Both from cold: lb1 serves, and both are as patient as ha.cf says. */
  begin(): Promise<void>;
  /** Does it, and waits until that host serves: the client has waited for no longer than deadtime and what its
   *  program may need besides. */
  story(
    what: string,
    act: () => unknown,
    by: 'lb1' | 'lb2',
    bounds?: StoryBounds,
  ): Promise<void>;
  /** Does it, and waits for so long: that host serves all the time, and nobody else ever. */
  stays(
    what: string,
    act: () => unknown,
    by: 'lb1' | 'lb2',
    forMs: number,
  ): Promise<void>;
}

/** That of the set-up that people have, but for the folder of ipfail, which is Debian's: Heartbeat does not start
 *  where it is not. Without priority in real time: it would take the processor from those who measure. */
function haCfOf(timing: Timing): string {
  const times = Object.entries(timing).map(
    ([name, ms]) => `${name} ${ms % 1000 === 0 ? ms / 1000 : `${ms}ms`}`,
  );
  return `logfile /var/log/ha-log
bcast eth0
${times.join('\n')}
udpport 694
auto_failback yes
node lb1
node lb2
uuidfrom nodename
respawn hacluster /usr/libexec/heartbeat/ipfail
realtime off
`;
}

export async function cluster(
  t: Test,
  { programs, key, timing = TIMING, haCf = '' }: ClusterOptions,
): Promise<Cluster> {
  const network = await createNetwork();
  const files = {
    'ha.cf': haCfOf(timing) + haCf,
    authkeys: `auth 2\n2 ${key}\n`,
    haresources: `lb1 ${VIP} httpd\n`,
  };
  const make = async (name: string, address: string, program: Program) => {
    const host = await network.host(name);
    // Heartbeat sends to the broadcast address that is configured, and nowhere without one.
    const words = ['address', 'add', address, 'broadcast', '+', 'dev', 'eth0'];
    await host.run('ip', ...words);
    return ClusterHost.make(host, program, files);
  };
  const lb1 = await make('lb1', '10.1.1.2/24', programs[0]);
  const lb2 = await make('lb2', '10.1.1.3/24', programs[1]);
  const watch = new Watch(await network.host('client', '10.1.1.100/24'), [lb1, lb2]);
  return {
    network,
    lb1,
    lb2,
    async begin() {
      const from = clock();
      await Promise.all([lb1.start(), lb2.start()]);
      await watch.serves('lb1', false);
      t.comment(`cold start: served within ${watch.outage(from)} ms`);
      t.equal(watch.doubled(from), 0, 'cold start: one has the address');
      await sleep(from + YOUNG_MS + timing.keepalive - clock());
    },
    async story(
      what,
      act,
      by,
      { aside = false, outageMs, doubledMs = timing.keepalive } = {},
    ) {
      const from = clock();
      await act();
      await watch.serves(by, aside);
      const [outage, doubled] = [watch.outage(from), watch.doubled(from)];
      t.comment(`${what}: ${outage} ms without an answer, both for ${doubled} ms`);
      const program = programs[by === 'lb1' ? 0 : 1];
      const most = outageMs ?? timing.deadtime + MORE_MS[program];
      const isShort = t.ok(outage <= most, `${what}: ${outage} ms, at most ${most}`);
      const isOne =
        aside || t.ok(doubled <= doubledMs, `${what}: both for ${doubled} ms`);
      if (!isShort || !isOne) t.comment(watch.logs);
    },
    async stays(what, act, by, forMs) {
      const from = clock();
      await act();
      await sleep(forMs);
      t.comment(`${what}: ${watch.outage(from)} ms without an answer`);
      const isSo = t.same(watch.served(from), [by], `${what}: ${by} alone serves`);
      if (!isSo) t.comment(watch.logs);
    },
    async [Symbol.asyncDispose]() {
      await watch[Symbol.asyncDispose]();
      await network.close();
    },
  };
}
