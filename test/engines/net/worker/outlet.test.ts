import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Outlet } from '../../../../lib/engines/net/worker/outlet.ts';
import { TurnEnd } from '../../../../lib/engines/net/worker/turn-end.ts';

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
  let hurried = 0;
  const setNoDelay = to.setNoDelay.bind(to);
  to.setNoDelay = (on) => {
    hurried++;
    return setNoDelay(on);
  };
  const outlet = new Outlet(to, to, new TurnEnd(), { stalled() {} });
  return { outlet, peer, hurried: () => hurried };
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

t.test(
  'bytes are fresh until the turn ends, bulk until something small comes',
  async (t) => {
    const { outlet } = await outletFor(t);
    t.equal(outlet.fresh, false);
    outlet.send(Buffer.alloc(1));
    t.equal(outlet.fresh, true);
    await turn();
    t.equal(outlet.fresh, false);
    outlet.send(Buffer.alloc(64 * 1024));
    await turn();
    t.equal(outlet.fresh, true);
  },
);
