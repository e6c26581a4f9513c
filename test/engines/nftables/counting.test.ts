import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { watchConntrack } from '../../../lib/engines/nftables/conntrack.ts';
import {
  createFlowCounts,
  createTally,
} from '../../../lib/engines/nftables/flow-counts.ts';
import { processesIn } from '../../lab/leftovers.ts';
import { createNetwork, type Host, type Network } from '../../lab/network.ts';
import { lab } from '../../support/lab.ts';

const CROWD = fileURLToPath(new URL('./fixtures/crowd.js', import.meta.url));
const RULES = `table ip byhand {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    ip daddr 10.1.1.19 tcp dport 80 dnat ip addr . port to numgen inc mod 2 map {
      0 : 10.1.2.21 . 8080, 1 : 10.1.2.22 . 8080 }
  }
}`;

/** A client, a director that forwards by rules of its own, and one host that is both servers. */
async function site(network: Network) {
  const client = await network.host('client', '10.1.1.9/24');
  const director = await network.host('director', '10.1.1.19/24', '10.1.2.1/24');
  const web = await network.host('web', '10.1.2.21/24', '10.1.2.22/24');
  await web.run('ip', 'route', 'add', 'default', 'via', '10.1.2.1');
  await director.run('sysctl', '-qw', 'net.ipv4.ip_forward=1');
  await director.run('nft', RULES);
  await crowd(web, 'serve', '8080')();
  return { director, visitor: crowd(client, 'visit', '10.1.1.19', '80') };
}

/** Starts it; the function gives it a line, and settles when that is done. */
function crowd(host: Host, ...args: readonly string[]) {
  const child: ChildProcess = host.spawn(process.execPath, [CROWD, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // The runner's own loaders have no business in there.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return async (line?: string) => {
    if (line !== undefined) child.stdin?.write(`${line}\n`);
    if (child.stdout) await once(child.stdout, 'data');
  };
}

/** A watch on a host; `reached` settles when active and inactive connections of the two servers are
 *  these. */
function counted(host: Host, buffer?: number) {
  const tallies = { '10.1.2.21': createTally(), '10.1.2.22': createTally() };
  const counts = createFlowCounts(({ address, port, server }) =>
    address === '10.1.1.19' && port === 80
      ? tallies[server as keyof typeof tallies]
      : undefined,
  );
  const now = () =>
    Object.values(tallies).flatMap(({ active, inactive }) => [
      active.connections,
      inactive.connections,
    ]);
  let look = () => {};
  const stop = new AbortController();
  const warnings: string[] = [];
  let dumps = 0;
  const watch = watchConntrack({
    sink: {
      event(event) {
        counts.event(event);
        look();
      },
      begin() {
        counts.begin();
        dumps++;
      },
      end() {
        counts.end();
        look();
      },
      abandon: () => counts.abandon(),
    },
    log: { warn: (message) => warnings.push(message) },
    signal: stop.signal,
    program: ['ip', 'netns', 'exec', host.namespace, 'conntrack'],
    ...(buffer === undefined ? {} : { buffer }),
  });
  const reached = (...wanted: readonly number[]) =>
    new Promise<void>((resolve) => {
      look = () => {
        if (String(now()) === String(wanted)) resolve();
      };
      look();
    });
  const opened = () => Object.values(tallies).map((tally) => tally.opened);
  return { watch, counts, now, reached, opened, warnings, dumps: () => dumps };
}

/** Process id of the `conntrack -E` there. */
async function listenerOn({ namespace }: Host): Promise<number> {
  for (const pid of processesIn(namespace)) {
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (words.split('\0').includes('-E')) return pid;
  }
  throw new Error('nobody listens');
}

const NEEDS = lab('root', 'namespaces', 'nft', 'conntrack');

t.test('1,000 connections, half of them open, are counted right', NEEDS, async (t) => {
  await using network = await createNetwork();
  const { director, visitor } = await site(network);
  const { watch, counts, now, reached, warnings } = counted(director);
  await using _closed = watch;
  await watch.resync();
  await visitor('open 1000');
  await reached(500, 0, 500, 0);
  await visitor('close 500');
  await reached(250, 250, 250, 250);
  await watch.resync();
  t.same(now(), [250, 250, 250, 250], 'a dump finds the same');
  const late = counted(director);
  await using _lateClosed = late.watch;
  await late.watch.resync();
  t.same(late.now(), [250, 250, 250, 250], 'so does one who comes late');
  await visitor('close 500');
  await reached(0, 500, 0, 500);
  await director.run('conntrack', '-F');
  await reached(0, 0, 0, 0);
  t.equal(counts.size, 0);
  t.same(warnings, []);
});

t.test(
  'connections that began before it are counted until they end',
  NEEDS,
  async (t) => {
    await using network = await createNetwork();
    const { director, visitor } = await site(network);
    await visitor('open 20');
    const { watch, now, reached } = counted(director);
    await using _closed = watch;
    await watch.resync();
    t.same(now(), [10, 0, 10, 0]);
    await visitor('close 20');
    await watch.resync();
    await reached(0, 10, 0, 10);
    t.pass();
  },
);

t.test('a killed listener loses nothing for long', NEEDS, async (t) => {
  await using network = await createNetwork();
  const { director, visitor } = await site(network);
  const { watch, reached, warnings } = counted(director);
  await using _closed = watch;
  await watch.resync();
  await visitor('open 10');
  await reached(5, 0, 5, 0);
  await director.killAll();
  await visitor('open 10');
  await visitor('close 4');
  await reached(8, 2, 8, 2);
  t.match(warnings, [/^connections are counted late: conntrack: it ended by SIGKILL/]);
});

t.test('events that the kernel had no room for are made up for', NEEDS, async (t) => {
  await using network = await createNetwork();
  const { director, visitor } = await site(network);
  const { watch, reached, opened, dumps } = counted(director, 1);
  await using _closed = watch;
  await watch.resync();
  const before = dumps();
  const listener = await listenerOn(director);
  process.kill(listener, 'SIGSTOP');
  await visitor('open 600');
  process.kill(listener, 'SIGCONT');
  await reached(300, 0, 300, 0);
  t.ok(
    opened().some((count) => count < 300),
    `events of ${opened()} came`,
  );
  t.ok(dumps() > before, 'the rest was read');
});
