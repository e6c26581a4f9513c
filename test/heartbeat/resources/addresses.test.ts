import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { createNetwork, type Host, type Network } from '../../lab/network.ts';
import { lab } from '../../support/lab.ts';
import { until } from '../../support/site.ts';

const RUNNER = fileURLToPath(import.meta.resolve('./fixtures/runner.js'));
/** In a view of its own of the host's files, without resource-agents' programs. */
const BARE = 'mount -t tmpfs none /usr/libexec/heartbeat; exec "$@"';
/** For which an address is announced, and a second. */
const ANNOUNCED_MS = 6000;
const NEEDS = lab('root', 'namespaces');

/** Resources that run on a host of the lab. */
class Runner {
  log = '';
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(t: Test, host: Host, haresources: string, isBare = false) {
    const words = [process.execPath, RUNNER, haresources];
    const [first = '', ...rest] = isBare ? ['sh', '-c', BARE, 'sh', ...words] : words;
    this.#child = host.spawn(first, rest, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: '' },
    });
    const { stdout, stderr } = this.#child;
    if (!stdout) throw new Error('no pipe');
    this.#answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
    stderr?.on('data', (text) => {
      this.log += text;
    });
    t.teardown(() => this.end());
  }

  /** Says what came of it. */
  async do(line: string): Promise<unknown> {
    this.#child.stdin?.write(`${line}\n`);
    const { value } = await this.#answers.next();
    return value === undefined ? this.log : JSON.parse(value);
  }

  async end(): Promise<void> {
    const { stdin, exitCode, signalCode } = this.#child;
    stdin?.end();
    if (exitCode === null && signalCode === null) await once(this.#child, 'exit');
  }
}

interface Pair {
  readonly network: Network;
  readonly lb1: Host;
  readonly client: Host;
}

async function pair(t: Test): Promise<Pair> {
  const network = await createNetwork();
  t.teardown(() => network.close());
  const lb1 = await network.host('lb1', '10.1.1.2/24', '2001:db8::2/64');
  const client = await network.host('client', '10.1.1.100/24', '2001:db8::100/64');
  return { network, lb1, client };
}

/** An address's lines of `ip -oneline address`, without what is the kernel's. */
async function lines(host: Host, address: string): Promise<readonly string[]> {
  const shown = await host.run('ip', '-oneline', 'address', 'show');
  return shown
    .split('\n')
    .filter((line) => line.includes(` ${address}/`))
    .map((line) => line.replace(/\\.*/, '').replaceAll(/ +/g, ' ').trim());
}

async function macOf(host: Host): Promise<string> {
  const [link] = JSON.parse(await host.run('ip', '-json', 'link', 'show', 'eth0'));
  return link.address;
}

/** What the neighbour table of that host has for the address. */
async function neighbour(host: Host, address: string): Promise<string | undefined> {
  const shown = await host.run('ip', '-json', 'neighbour', 'show', address);
  return JSON.parse(shown)[0]?.lladdr;
}

/** The client knows the address by another host, which has had it until now. */
async function heldElsewhere(
  { network, client }: Pair,
  ...addresses: readonly string[]
): Promise<void> {
  const lb2 = await network.host('lb2', ...addresses);
  const theirs = await macOf(lb2);
  for (const address of addresses) {
    const [bare = ''] = address.split('/');
    await until(() => answers(client, bare), `${bare} to answer`);
    if ((await neighbour(client, bare)) !== theirs)
      throw new Error('not its neighbour');
  }
  await lb2.cut();
}

async function answers(host: Host, address: string): Promise<boolean> {
  try {
    await host.run('ping', '-c1', '-W1', address);
    return true;
  } catch {
    return false;
  }
}

t.test('an address goes to the network it is in, and away', NEEDS, async (t) => {
  const { lb1 } = await pair(t);
  await lb1.run('ip', 'route', 'add', 'default', 'via', '10.1.1.1');
  const runner = new Runner(
    t,
    lb1,
    'lb1 10.1.1.19\nlb1 IPaddr2::10.1.1.20/32/eth0:web\nlb1 10.9.9.9/24\nlb2 IPv6addr::2001:db8::19/64/eth0\n',
  );
  t.equal(await runner.do('acquire all'), 'none');
  t.same(await lines(lb1, '10.1.1.19'), [
    `${index('eth0', await lines(lb1, '10.1.1.2'))} inet 10.1.1.19/24 brd 10.1.1.255 scope global secondary eth0`,
  ]);
  t.match(
    (await lines(lb1, '10.1.1.20'))[0],
    /10\.1\.1\.20\/32 scope global eth0:web$/,
  );
  t.match(
    (await lines(lb1, '10.9.9.9'))[0],
    /10\.9\.9\.9\/24 brd 10\.9\.9\.255 .*eth0$/,
  );
  t.match(
    (await lines(lb1, '2001:db8::19'))[0],
    /2001:db8::19\/64 scope global nodad$/,
  );
  t.equal(await runner.do('acquire all'), 'none');
  t.equal(await runner.do('release all'), 'none');
  for (const address of ['10.1.1.19', '10.1.1.20', '10.9.9.9', '2001:db8::19'])
    t.same(await lines(lb1, address), []);
  t.equal((await lines(lb1, '10.1.1.2')).length, 1);
});

t.test(
  'one that is in no network of this host does not start, and says why',
  NEEDS,
  async (t) => {
    const { lb1 } = await pair(t);
    const runner = new Runner(t, lb1, 'lb1 10.9.9.9\nlb2 10.1.1.19/24/eth7\n');
    t.equal(await runner.do('acquire all'), 'all');
    await runner.end();
    t.match(runner.log, /no device of this host is in the network of 10\.9\.9\.9/);
    t.match(runner.log, /Cannot find device "eth7"/);
  },
);

for (const [way, isBare] of [
  ['the best program there is', false],
  ['the kernel', true],
] as const)
  t.test(`neighbours know at once where it is now: by ${way}`, NEEDS, async (t) => {
    const its = await pair(t);
    await heldElsewhere(its, '10.1.1.19/24', '2001:db8::19/64');
    const runner = new Runner(
      t,
      its.lb1,
      'lb1 10.1.1.19\nlb1 IPv6addr::2001:db8::19/64/eth0\n',
      isBare,
    );
    const began = performance.now();
    t.equal(await runner.do('acquire local'), 'none');
    const ours = await macOf(its.lb1);
    for (const address of ['10.1.1.19', '2001:db8::19'])
      await until(
        async () => (await neighbour(its.client, address)) === ours,
        `the neighbour to know ${address} (${runner.log})`,
      );
    t.comment(`they knew after ${Math.round(performance.now() - began)} ms`);
    t.ok(await answers(its.client, '10.1.1.19'));
    if (isBare) t.match(runner.log, /Announcing 10\.1\.1\.19 on eth0 \(kernel\)/);
    await runner.end();
    t.equal(
      await its.lb1.run('cat', '/proc/sys/net/ipv4/conf/eth0/arp_notify'),
      '0\n',
      'the setting is the host’s own again',
    );
  });

t.test('announce tells them again', NEEDS, async (t) => {
  const { lb1, client } = await pair(t);
  const runner = new Runner(t, lb1, 'lb1 10.1.1.19\nlb2 10.1.1.20\n');
  await runner.do('acquire local');
  t.ok(await answers(client, '10.1.1.19'));
  const wrong = '02:00:00:00:00:01';
  await until(
    () => runner.log.includes('Announcing 10.1.1.19'),
    'the first announcements to begin',
  );
  await sleep(ANNOUNCED_MS); // they would tell it, too
  await client.run(
    'ip',
    'neigh',
    'replace',
    '10.1.1.19',
    'lladdr',
    wrong,
    'dev',
    'eth0',
    'nud',
    'stale',
  );
  await runner.do('announce');
  await until(
    () => runner.log.match(/Announcing 10\.1\.1\.19/g)?.length === 2,
    'the second announcements to begin',
  );
  const ours = await macOf(lb1);
  await until(
    async () => (await neighbour(client, '10.1.1.19')) === ours,
    'the neighbour to know',
  );
  await runner.do('release local');
  await runner.do('announce');
  await runner.end();
  t.equal(
    runner.log.match(/Announcing 10\.1\.1\.19/g)?.length,
    2,
    'not once it is gone',
  );
  t.notMatch(runner.log, /10\.1\.1\.20/);
});

t.test('what an earlier run left goes, and nothing else', NEEDS, async (t) => {
  const { lb1 } = await pair(t);
  await lb1.run('ip', 'address', 'add', '10.1.1.20/32', 'dev', 'lo');
  await lb1.addAddress('10.8.8.1/24');
  await lb1.addAddress('10.8.8.2/24');
  await lb1.addAddress('2001:db8::19/64');
  const runner = new Runner(
    t,
    lb1,
    'lb1 10.8.8.1 httpd\nlb2 10.1.1.20\nlb2 IPv6addr::2001:db8::19\nlb2 10.1.1.19\n',
  );
  await runner.do('drop');
  t.same(await lines(lb1, '10.8.8.1'), []);
  t.same(await lines(lb1, '2001:db8::19'), []);
  t.equal((await lines(lb1, '10.8.8.2')).length, 1, 'another of its network stays');
  t.equal((await lines(lb1, '10.1.1.20')).length, 1, 'for direct routing');
  t.equal((await lines(lb1, '10.1.1.2')).length, 1);
  await runner.end();
  t.equal(runner.log.match(/left by an earlier run/g)?.length, 2);
});

function index(device: string, shown: readonly string[]): string {
  return `${shown[0]?.split(':')[0]}: ${device}`;
}
