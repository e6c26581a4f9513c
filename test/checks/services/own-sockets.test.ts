import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { withOwnSockets } from '../../../lib/checks/services/own-sockets.ts';
import { heapInUse } from '../../support/heap.ts';
import { rawServer } from '../../support/raw-server.ts';

t.test('a socket that lost its listeners ends without a word', async (t) => {
  const server = await rawServer(t, () => {});
  const escaped: unknown[] = [];
  const note = (error: unknown) => void escaped.push(error);
  process.on('uncaughtException', note);
  const { signal } = new AbortController();
  const socket = await withOwnSockets(signal, 1_000, async () => {
    const opened = connect(server.port, '127.0.0.1');
    await once(opened, 'connect');
    return opened.removeAllListeners();
  });
  await server.idle();
  await sleep(10); // an error is told a turn later
  process.off('uncaughtException', note);
  t.ok(socket.destroyed);
  t.strictSame(escaped, []);
});

t.test(
  'what a socket has read is let go, though the work has left something waiting',
  async (t) => {
    const server = await rawServer(t, () => {});
    const { signal } = new AbortController();
    const socket = await withOwnSockets(signal, 1_000, async () => {
      // As a name that is looked up, and nobody answers.
      const waits = setTimeout(() => {}, 60_000);
      t.teardown(() => clearTimeout(waits));
      const opened = connect(server.port, '127.0.0.1');
      await once(opened, 'connect');
      return new WeakRef(opened);
    });
    await server.idle();
    await heapInUse();
    t.equal(socket.deref(), undefined);
  },
);
