import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Claims } from '../../../../lib/engines/net/listening/claim.ts';
import { freePort } from '../../../support/engine-rig.ts';

const FLOOR = '\0l4director listen';

async function placeAt(address: string) {
  const port = await freePort(address);
  return { id: `tcp:${address}:${port}`, protocol: 'tcp' as const, address, port };
}

/** On the floor, which is one for all directors of the network namespace. */
async function sit(t: Test): Promise<void> {
  for (;;)
    try {
      const sitter = createServer().listen({ path: FLOOR });
      await once(sitter, 'listening');
      t.teardown(() => sitter.close());
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await sleep(5);
    }
}

t.test('addresses that are free are claimed, and left to whoever opens', async (t) => {
  const places = [await placeAt('127.0.0.1'), await placeAt('::1')];
  const refused = await new Claims().hold(places, async (codes) => {
    for (const { address, port } of places) {
      const server = createServer().listen(port, address);
      await once(server, 'listening');
      server.close();
    }
    return codes;
  });
  t.same([...refused], []);
});

t.test(
  'what is held or not here is refused with the code, the rest is not',
  async (t) => {
    const [free, held] = [await placeAt('127.0.0.1'), await placeAt('127.0.0.1')];
    const holder = createServer().listen(held.port, held.address);
    await once(holder, 'listening');
    t.teardown(() => holder.close());
    const absent = { ...held, id: 'absent', address: '192.0.2.1', port: 80 };
    const codes = await new Claims().hold(
      [free, held, absent],
      async (refused) => refused,
    );
    t.same(Object.fromEntries(codes), {
      [held.id]: 'EADDRINUSE',
      absent: 'EADDRNOTAVAIL',
    });
  },
);

t.test('directors claim one after the other, whatever becomes of them', async (t) => {
  const place = await placeAt('127.0.0.1');
  let inside = 0;
  const claims = Array.from({ length: 5 }, (_, n) =>
    new Claims().hold([place], async ({ size }) => {
      t.equal(++inside, 1);
      t.equal(size, 0);
      await new Promise(setImmediate);
      inside--;
      if (n === 0) throw new Error('it failed');
    }),
  );
  const ends = await Promise.allSettled(claims);
  t.same(
    ends.map(({ status }) => status),
    ['rejected', 'fulfilled', 'fulfilled', 'fulfilled', 'fulfilled'],
  );
});

t.test('one director may claim more while it opens what it has', async (t) => {
  const [one, two] = [await placeAt('127.0.0.1'), await placeAt('127.0.0.1')];
  const claims = new Claims(Infinity);
  const both = claims.hold([one], () => claims.hold([two], async () => 'both'));
  t.equal(await both, 'both');
  t.equal(await new Claims(Infinity).hold([one], async () => 'over'), 'over');
});

t.test('who sits on the floor delays claims, and does not prevent them', async (t) => {
  await sit(t);
  const place = await placeAt('127.0.0.1');
  t.equal(await new Claims(300).hold([place], async () => 'open'), 'open');
});

t.test('nothing to claim waits for nobody', async (t) => {
  await sit(t);
  await new Claims(Infinity).hold([], async () => {});
});
