import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Batch } from '../../../../lib/engines/net/worker/batch.ts';
import { Outlet } from '../../../../lib/engines/net/worker/outlet.ts';

/** An outlet to a real socket, which tells when Nagle's algorithm is turned off. */
async function outletFor(t: { teardown(end: () => void): void }) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const place = server.address();
  if (place === null || typeof place === 'string') throw new Error('no port');
  const to = connect(place.port, '127.0.0.1');
  const [peer] = (await once(server, 'connection')) as [Socket];
  await once(to, 'connect');
  t.teardown(() => {
    to.destroy();
    peer.destroy();
    server.close();
  });
  const batch = new Batch(() => 0);
  let hurried = 0;
  const setNoDelay = to.setNoDelay.bind(to);
  to.setNoDelay = (on) => {
    hurried++;
    return setNoDelay(on);
  };
  const outlet = new Outlet(to, to, batch, { stalled() {} });
  return { outlet, peer, to, hurried: () => hurried };
}

t.test('a first segment needs no TCP_NODELAY, a second one does', async (t) => {
  const { outlet, peer, hurried } = await outletFor(t);
  outlet.send(Buffer.alloc(500));
  await once(peer, 'data');
  t.equal(hurried(), 0);
  outlet.send(Buffer.alloc(1));
  await once(peer, 'data');
  t.equal(hurried(), 1);
  outlet.send(Buffer.alloc(1));
  await once(peer, 'data');
  t.equal(hurried(), 1, 'once is enough');
});

t.test('what may take two segments needs it at once', async (t) => {
  const { outlet, peer, hurried } = await outletFor(t);
  outlet.send(Buffer.alloc(501));
  await once(peer, 'data');
  t.equal(hurried(), 1);
});

t.test('bytes are fresh until a turn with something to send ends', async (t) => {
  const { outlet } = await outletFor(t);
  t.equal(outlet.fresh, false);
  outlet.send(Buffer.alloc(1));
  t.equal(outlet.fresh, true);
  await turn();
  t.equal(outlet.fresh, false);
  outlet.sendNow(Buffer.alloc(64 * 1024));
  await turn();
  t.equal(outlet.fresh, true, 'nobody has counted this turn');
});

t.test(
  'what is gathered goes out in its order, and nothing overtakes it',
  async (t) => {
    const { outlet, peer } = await outletFor(t);
    const sizes = [10, 40_000, 20, 30_000, 70_000, 5];
    const chunks = sizes.map((size, i) => Buffer.alloc(size, `${i}`));
    const want = Buffer.concat([
      ...chunks,
      Buffer.alloc(50_000, 'x'),
      Buffer.alloc(3, 'y'),
    ]);
    for (const chunk of chunks) outlet.send(chunk);
    outlet.sendNow(Buffer.alloc(50_000, 'x'));
    outlet.send(Buffer.alloc(3, 'y'));
    outlet.end(false);
    const got = await buffer(peer);
    t.ok(got.equals(want));
  },
);

t.test('small pieces go out as one', async (t) => {
  const { outlet, peer } = await outletFor(t);
  for (const piece of ['one ', 'and ', 'two']) outlet.send(Buffer.from(piece));
  const [got] = await once(peer, 'data');
  t.equal(String(got), 'one and two');
});

t.test('a peer that takes nothing is read for no more than 320 KB', async (t) => {
  const { outlet, peer, to } = await outletFor(t);
  peer.pause();
  const reads = [3000, 65_536, 700, 40_000, 65_536, 15_000, 1, 65_536];
  let most = 0;
  for (let i = 0; !to.isPaused(); i++) {
    outlet.send(Buffer.alloc(reads[i % reads.length] ?? 1));
    if (i % 6 === 5) await turn();
    most = Math.max(most, to.writableLength);
  }
  t.ok(to.writableLength > 0);
  t.ok(outlet.fresh, 'nobody knows what comes behind it');
  t.ok(most <= 320 * 1024, `${most}`);
});
