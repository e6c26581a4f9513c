import type { Test } from 'tap';
import { ending, type Rig, tableOf } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

/** More than a message to a worker takes, and less than is promised. */
const SOON_MS = 1000;
/** A busy machine may take longer, but not each time. */
const TRIES = 3;

/** What becomes of connections whose server stays in the table and is cut. */
export const cut = {
  async 'connections of a server that is cut are reset within a second, and no others'(
    t,
    rig,
  ) {
    const times: number[] = [];
    while (times.length < TRIES && !times.some((ms) => ms < SOON_MS))
      times.push(await resetAfter(t, rig));
    t.ok(Math.min(...times) < SOON_MS, `after ${times.join(', ')} ms`);
  },

  async 'a client that persisted at a server that is cut goes to another one'(t, rig) {
    const answers = (name: string) => rig.server((socket) => socket.end(name));
    const [one, two] = [await answers('one'), await answers('two')];
    const service = await rig.service({ persistent: 60 });
    const both = () => [one.entry(), two.entry()];
    await rig.engine.apply(tableOf(service, ...both()));
    const first = await rig.ask(service);
    t.equal(await rig.ask(service), first);
    const was = first === 'one' ? one.entry().id : two.entry().id;
    const entries = both().map((entry) =>
      entry.id === was ? { ...entry, weight: 0, cut: true as const } : entry,
    );
    await rig.engine.apply(tableOf(service, ...entries));
    t.not(await rig.ask(service), first);
  },
} as const satisfies Record<string, EngineCase>;

/** Cuts one of two servers of a service, and has it back. @returns how long its clients waited for the reset */
async function resetAfter(t: Test, rig: Rig): Promise<number> {
  const [one, two] = [await rig.server(() => {}), await rig.server(() => {})];
  const service = await rig.service();
  await rig.engine.apply(tableOf(service, one.entry(), two.entry()));
  const clients = await Promise.all([1, 2, 3, 4].map(() => rig.client(service)));
  const open = await rig.connections(service, 4);
  const lost = clients.filter(({ localPort }) =>
    open.some(
      ({ client, server }) =>
        server === one.entry().id && client.endsWith(`:${localPort}`),
    ),
  );
  t.equal(lost.length, 2);

  const began = performance.now();
  const down = one.entry({ weight: 0, cut: true });
  await rig.engine.apply(tableOf(service, down, two.entry()));
  t.strictSame(await Promise.all(lost.map(ending)), ['ECONNRESET', 'ECONNRESET']);
  const ms = performance.now() - began;
  t.equal((await rig.connections(service, 2))[0]?.server, two.entry().id);
  for (const socket of one.sockets) t.ok(socket.destroyed || (await ending(socket)));

  await rig.engine.apply(tableOf(service, one.entry(), two.entry()));
  await rig.client(service);
  await rig.client(service);
  const ids = (await rig.connections(service, 4)).map(({ server }) => server);
  t.ok(ids.includes(one.entry().id), 'it takes connections again');
  return ms;
}
