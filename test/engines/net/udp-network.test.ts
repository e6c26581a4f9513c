import { once } from 'node:events';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { createNetwork, type Host } from '../../lab/network.ts';
import { lab } from '../../support/lab.ts';

const SCRIPT = new URL(
  `./fixtures/udp-host${extname(import.meta.url)}`,
  import.meta.url,
);
const LOOPS = 8;

interface Heard {
  readonly sentAt: number;
  readonly name?: string;
}

/** Starts a role there, and resolves with its first word. */
async function play(host: Host, ...args: readonly string[]) {
  const child = host.spawn(process.execPath, [fileURLToPath(SCRIPT), ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const [word] = await once(child, 'message');
  const ask = async () => {
    const answer = once(child, 'message');
    child.send('now');
    return (await answer)[0];
  };
  return { word, ask };
}

t.test(
  'over a network, where ICMP errors are rare, a dead server costs no more than that',
  lab('root', 'namespaces'),
  async (t) => {
    await using network = await createNetwork();
    const host = await network.host('director', '10.1.1.19/24');
    const [one, two] = [
      await network.host('one', '10.1.1.21/24'),
      await network.host('two', '10.1.1.22/24'),
    ];
    const visitor = await network.host('client', '10.1.1.100/24');
    t.equal((await one.run('sysctl', '-n', 'net.ipv4.icmp_ratelimit')).trim(), '1000');
    await Promise.all([play(one, 'server', 'one'), play(two, 'server', 'two')]);
    const servers = ['10.1.1.21', '10.1.1.22'];
    const director = await play(host, 'director', '10.1.1.19', '1', ...servers);
    t.match(director.word, { state: 'carried' });
    const client = await play(visitor, 'client', '10.1.1.19', String(LOOPS));
    await sleep(1000); // of load
    const { ended } = await one.killAll();
    await sleep(8000); // as until a check finds out
    const heard: Heard[] = await client.ask();
    const lost = heard.filter(({ name }) => name === undefined);
    const late = lost.filter(({ sentAt }) => sentAt > ended);
    t.ok(lost.length <= LOOPS, `${lost.length} of ${heard.length} were lost`);
    t.same(late, [], 'none of those asked when it was dead');
    const after = heard.filter(({ sentAt }) => sentAt > ended);
    t.ok(after.length > 100 && after.every(({ name }) => name === 'two'));
    t.match(await director.ask(), { refusedConnections: 0 });
  },
);
