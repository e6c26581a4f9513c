import t from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import { clientHello } from '../../../support/client-hello.ts';
import { received, until } from '../../../support/engine-rig.ts';
import { sharedPort } from '../../../support/shared-port.ts';
import { shown, tlsClient, tlsHosts } from '../../../support/tls-hosts.ts';

const WORKERS = 4;
const CLIENTS = 16;
const ROUNDS = 5;

t.test(
  'all workers lead clients by their names, and count together',
  sharedPort(),
  async (t) => {
    const { rig, front, plain, star } = await tlsHosts(t, () =>
      createNetEngine({ workers: WORKERS }),
    );
    const led = {
      'www.example.com': 'www.example.com',
      'a.example.org': 'star.example',
      'other.example': 'default.example',
    };
    for (let round = 0; round < 12; round++)
      for (const [servername, whose] of Object.entries(led)) {
        const client = await tlsClient(t, front.service, { servername });
        t.equal(await shown(client), whose);
        client.end();
      }
    const accepted = rig.engine.workers().map((one) => one.acceptedConnections);
    t.ok(accepted.filter((count) => count > 0).length > 1, accepted.join());
    t.match(await rig.stats(front.service), {
      acceptedConnections: 36,
      sniUnmatched: 12,
    });
    for (const { service } of [plain, star])
      t.match(await rig.stats(service), { acceptedConnections: 12 });
  },
);

t.test(
  'one that persists at a service comes to its server, by whichever address',
  sharedPort(),
  async (t) => {
    const hosts = await tlsHosts(t, () => createNetEngine({ workers: WORKERS }), {
      plain: { fields: { persistent: 60 } },
    });
    const { rig, front, plain, star } = hosts;
    const servers = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        rig.server((socket) => {
          socket.resume();
          socket.on('end', () => socket.end(name));
        }),
      ),
    );
    const entries = servers.map((one) => one.entry());
    const persistent = { service: plain.service, servers: entries };
    await hosts.apply(front.entry, persistent, star.entry);
    const hello = clientHello({ name: 'www.example.com' });
    const ask = async ({ service }: typeof front, at: number) => {
      const client = await rig.client(service, `127.0.1.${at + 1}`);
      client.end(hello);
      return await received(client);
    };
    const first: string[] = [];
    for (let at = 0; at < CLIENTS; at++) first.push(await ask(front, at));
    t.equal(new Set(first).size, servers.length, first.join());
    for (let round = 0; round < ROUNDS; round++)
      for (const host of [front, plain])
        t.strictSame(
          await Promise.all(first.map((_, at) => ask(host, at))),
          first,
          host.service.id,
        );
    t.equal((await rig.stats(plain.service)).persistenceEntries, CLIENTS);

    // Without persistence all workers take part again, with it one does.
    const spread = () => rig.engine.workers().map((one) => one.acceptedConnections);
    const cameTo = async (count: number) => {
      const before = spread();
      for (let at = 0; at < count; at++) await ask(front, at % CLIENTS);
      return spread().filter((now, worker) => now > (before[worker] ?? 0)).length;
    };
    t.equal(await cameTo(24), 1);
    const service = { ...plain.service, persistent: undefined };
    await hosts.apply(front.entry, { service, servers: entries }, star.entry);
    t.ok((await cameTo(48)) > 1);
    await hosts.apply(front.entry, persistent, star.entry);
    t.equal(await cameTo(24), 1);
    await until(() => rig.engine.workers().every((one) => one.openConnections === 0));
  },
);

t.test(
  'services that come to live together forget no client',
  sharedPort(),
  async (t) => {
    const hosts = await tlsHosts(t, () => createNetEngine({ workers: WORKERS }), {
      front: { fields: { persistent: 60 }, options: { sni: [] } },
      plain: { fields: { persistent: 60 } },
    });
    const { rig, front, plain, star } = hosts;
    const called = async ({ service }: typeof front, servername: string) => {
      const client = await tlsClient(t, service, { servername });
      const whose = await shown(client);
      client.end();
      return whose;
    };
    const persisting = async ({ service }: typeof front) =>
      (await rig.stats(service)).persistenceEntries;
    for (const host of [front, plain]) await called(host, 'www.example.com');
    t.strictSame([await persisting(front), await persisting(plain)], [1, 1]);
    const sni = [{ name: 'www.example.com', service: plain.service.id }];
    const service = { ...front.service, options: { ...front.service.options, sni } };
    await hosts.apply({ ...front.entry, service }, plain.entry, star.entry);
    t.equal(await persisting(plain), 1);
    t.equal(await persisting(front), 1, 'who calls has moved, with its clients');
    t.equal(await called(front, 'www.example.com'), 'www.example.com');
    t.equal(await called(front, 'other.example'), 'default.example');
    t.strictSame([await persisting(front), await persisting(plain)], [1, 1]);
  },
);
