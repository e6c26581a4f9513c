import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { aReal } from '../support/config.ts';
import { until } from '../support/engine-rig.ts';
import { lowPort } from '../support/low-port.ts';
import { PeerDouble, REAL, SECRET, SERVICE } from '../support/peer-double.ts';

const place = async () => ({ address: '127.0.0.1', port: await lowPort() });

async function pair(t: Test) {
  const one = new PeerDouble(t, await place());
  const two = new PeerDouble(t, await place());
  return [one, two] as const;
}

async function connected(...all: readonly PeerDouble[]): Promise<void> {
  await until(() => all.every(({ isConnected }) => isConnected));
}

t.test('each knows what the other knows, from before and from then on', async (t) => {
  const [one, two] = await pair(t);
  one.came('7f000001', 'a');
  two.came('7f000002', 'b');
  one.weigh(5);
  one.follow(two);
  two.follow(one);
  await connected(one, two);
  await until(() => one.known.size === 2 && two.known.size === 2);
  t.strictSame([one.asked, two.asked], [1, 1], 'all is told once');
  await until(() => two.weight() === 5);
  one.came('7f000003', 'c');
  const began = performance.now();
  await until(() => two.known.get('7f000003') === 'c');
  t.ok(performance.now() - began < 9_000, 'before any link could be given up');
  two.weigh(7);
  await until(() => one.weight() === 7);
  one.weigh(null);
  await until(() => two.weight() === undefined);
  await delay(1500);
  t.equal(one.weight(), undefined, 'nothing comes back');
  await until(() => one.peers.status().every(({ behind }) => behind === 0));
  const [{ sent = 0, received = 0, problem } = {}] = one.peers.status();
  t.ok(sent >= 3 && received >= 2, `${sent} sent, ${received} received`);
  t.equal(problem, null);
  t.match(one.log.lines.at(-1), /^Peer 127\.0\.0\.1:\d+: connected$/);
});

t.test('one that starts again is told all, and tells what it has', async (t) => {
  const [one, two] = await pair(t);
  one.follow(two);
  two.follow(one);
  await connected(one, two);
  one.came('7f000001', 'a');
  one.weigh(5);
  await until(() => two.known.size === 1 && two.weight() === 5);
  two.peers.close();
  await until(() => !one.isConnected);
  t.match(one.log.lines.at(-1), /: lost: it closed the connection/);
  one.weigh(6);
  const again = new PeerDouble(t, two.place, two.peers.left());
  again.came('7f000009', 'b');
  again.follow(one);
  await connected(one, again);
  await until(() => again.known.get('7f000001') === 'a' && again.weight() === 6);
  await until(() => one.known.get('7f000009') === 'b');
});

t.test('a wrong secret is refused, and told by none of its bytes', async (t) => {
  const [one, two] = await pair(t);
  const other = Buffer.from('another secret entirely');
  one.follow(two);
  two.followBy([other], one);
  await Promise.all([
    one.log.saw(/Refused a peer from 127\.0\.0\.1: it does not know the secret/),
    two.log.saw(/not connected: it closed the connection before it said who it is/),
  ]);
  for (const line of [...one.log.lines, ...two.log.lines])
    t.notOk(line.includes(String(SECRET)) || line.includes(String(other)));
  t.equal(one.known.size, 0);
  // Roll-over: the new one beside the old one, on one side first.
  two.followBy([other, SECRET], one);
  await connected(one, two);
  one.followBy([other], two);
  await connected(one, two);
});

t.test('what is for a server that is not there yet waits for it', async (t) => {
  const [one, two] = await pair(t);
  two.lacks.add(REAL.id);
  one.weigh(5);
  one.follow(two);
  two.follow(one);
  await connected(one, two);
  await until(() => (two.peers.status()[0]?.received ?? 0) > 0);
  t.equal(two.weight(), undefined);
  two.lacks.clear();
  await until(() => two.weight() === 5);
});

t.test('asked for everything, it tells that', async (t) => {
  const [one, two] = await pair(t);
  one.follow(two);
  two.follow(one);
  await connected(one, two);
  await until(() => one.asked > 0);
  one.known.set('7f000001', 'a');
  const before = one.asked;
  two.peers.ask();
  await until(() => two.known.size === 1);
  t.equal(one.asked, before + 1);
});

t.test('three directors know the same', async (t) => {
  const [one, two] = await pair(t);
  const three = new PeerDouble(t, await place());
  one.follow(two, three);
  two.follow(one, three);
  three.follow(one, two);
  await connected(one, two, three);
  const other = aReal('10.1.1.22:80');
  one.weigh(1);
  three.weigh(3, other);
  const all = [one, two, three];
  await until(() => all.every((d) => d.weight() === 1 && d.weight(other) === 3));
});

t.test('whoever knocks and is none is turned away, and costs little', async (t) => {
  const one = new PeerDouble(t, await place());
  one.follow();
  const { port } = one.place;
  await until(async () => (await knock(port)) !== undefined);
  const knockers: Socket[] = [];
  for (let count = 0; count < 20; count++) {
    const socket = await knock(port);
    if (socket) knockers.push(socket);
  }
  await until(() => knockers.filter(({ destroyed }) => destroyed).length >= 11);
  const [open] = knockers.filter(({ destroyed }) => !destroyed);
  open?.write(Buffer.from('ff000000', 'hex'));
  if (open) await once(open, 'close');
  await one.log.saw(/Refused a peer from 127\.0\.0\.1: /);
  for (const socket of knockers) socket.destroy();
});

t.test('whoever knocks all the time keeps no peer out', async (t) => {
  for (const { host, written, from } of [
    { host: '127.0.0.1', written: '127.0.0.1', from: '127.0.0.2' },
    // There is one address only, which the peer and who knocks have.
    { host: '::1', written: '0:0::1', from: '::1' },
  ]) {
    const one = new PeerDouble(t, { ...(await place()), address: host });
    const two = new PeerDouble(t, { ...(await place()), address: host });
    const peers = [{ ...two.place, address: written }];
    one.peers.follow({ listen: one.place, peers, secretFile: '/secret' }, [SECRET]);
    const { port } = one.place;
    await until(async () => (await knock(port, host, from)) !== undefined);
    const knockers = Array.from({ length: 12 }, () => knock(port, host, from));
    const sockets = await Promise.all(knockers);
    two.follow(one);
    await connected(one, two);
    for (const socket of sockets) socket?.destroy();
    t.match(one.peers.status(), [{ connected: true, heard: true }], host);
  }
});

t.test(
  'of one with a copied state both sides say what it is, and its mend',
  async (t) => {
    const left = () => ({ origin: 'c'.repeat(16), wishes: [] });
    const one = new PeerDouble(t, await place(), left());
    const two = new PeerDouble(t, await place(), left());
    one.follow(two);
    two.follow(one);
    const words =
      'it has the id of this director: .* remove its l4director.INSTANCE.wishes';
    for (const { log } of [one, two])
      await Promise.all([
        log.saw(new RegExp(`^Peer .*: not connected: ${words}`)),
        log.saw(new RegExp(`^Refused a peer from 127.0.0.1: ${words}`)),
      ]);
  },
);

t.test('two that do not take what the other says try less and less', async (t) => {
  const wish = { state: 'ready', weight: 3, by: 'anna' } as const;
  // As a director of another version might say it.
  const strange = { ...wish, state: 'away' as 'ready' };
  const left = (origin: string) => ({
    origin: origin.repeat(16),
    wishes: [
      {
        ...{ service: SERVICE, real: REAL.id, count: 1, origin: origin.repeat(16) },
        ...{ wish: strange, here: '', isDue: false },
      },
    ],
  });
  const one = new PeerDouble(t, await place(), left('a'));
  const two = new PeerDouble(t, await place(), left('b'));
  one.follow(two);
  two.follow(one);
  await one.log.saw(/ lost: /);
  await delay(5000);
  t.ok(one.asked <= 5, `${one.asked} times connected in 5 s`);
  for (const { log } of [one, two])
    t.ok(log.lines.length <= 6, `${log.lines.length} lines`);
});

t.test('one that is dead or does not read is left alone after a while', async (t) => {
  t.setTimeout(60_000);
  const [one, two] = await pair(t);
  const server = createServer().listen(two.place.port, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  server.on('connection', (socket) => socket.on('error', () => {}));
  one.follow(two);
  await one.log.saw(/not connected: it did not answer/);
});

t.test('a place that somebody has is listened at when it is free', async (t) => {
  const one = new PeerDouble(t, await place());
  const server = createServer().listen(one.place.port, '127.0.0.1');
  await once(server, 'listening');
  one.follow();
  await one.log.saw(/Cannot listen for peers at 127\.0\.0\.1:\d+: .*EADDRINUSE/);
  server.close();
  await one.log.saw(/^Listening for peers at/);
});

t.test('a thousand changes are put in force once each, some at a time', async (t) => {
  const wish = { state: 'ready', weight: 3, by: 'anna' } as const;
  const wishes = Array.from({ length: 1000 }, (_, at) => ({
    ...{ service: SERVICE, real: `10.2.${at >> 8}.${at & 255}:80`, count: at + 1 },
    ...{ origin: 'f'.repeat(16), wish, here: '', isDue: true },
  }));
  const left = { origin: 'e'.repeat(16), wishes };
  const one = new PeerDouble(t, await place(), left);
  one.peers.changed([]);
  const begun: number[] = [];
  while (one.force.size < wishes.length) {
    begun.push(one.fulfilled.length);
    await turn();
  }
  await turn();
  t.equal(one.fulfilled.length, wishes.length, 'none of them twice');
  t.equal(one.deepest, 1, 'none within another one');
  const most = begun.reduce(
    (sum, now, at) => Math.max(sum, now - (begun[at - 1] ?? 0)),
    0,
  );
  t.ok(most > 0 && most <= 50, `${most} in one turn of the event loop`);
  t.ok(
    one.peers.left().wishes.every(({ isDue, here }) => !isDue && here === 'ready 3'),
  );
});

t.test('what was changed last is in what is left', async (t) => {
  const one = new PeerDouble(t, await place());
  one.weigh(5);
  t.match(one.peers.left().wishes, [{ here: 'ready 5' }]);
});

async function knock(
  port: number,
  host = '127.0.0.1',
  localAddress?: string,
): Promise<Socket | undefined> {
  const socket = connect({ port, host, localAddress });
  socket.on('error', () => socket.destroy());
  socket.resume();
  const there = once(socket, 'connect').then(
    () => socket,
    () => undefined,
  );
  return there;
}
