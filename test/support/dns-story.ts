import { Resolver } from 'node:dns/promises';
import type { Test } from 'tap';
import type { Engine } from '../../lib/model/engine.ts';
import { runNamed } from '../lab/servers/named.ts';
import { now } from '../lab/traffic.ts';
import { udpService } from './datagrams.ts';
import { dnsLoad } from './dns-load.ts';
import { dnsperf } from './dnsperf.ts';
import { type Rig, rigFor, serverAt, tableOf, until } from './engine-rig.ts';

const LOOPS = 8;
const QUERIES = 300;
/** What dnsperf has in flight at most. */
const OUTSTANDING = 20;

/** Two real DNS servers behind one service under a load of queries; one is killed, and later out of
 *  the table. Only what was in flight when it died may be lost. */
export async function dnsFailover(t: Test, engine: Engine): Promise<void> {
  const rig = rigFor(t, engine);
  const { service, servers, one } = await dnsService(t, rig);
  const place = { address: '127.0.0.1', port: service.port ?? 0 };
  const load = dnsLoad(place, 'who.lab.test', LOOPS);
  const more = async () => {
    const enough = load.queries.length + QUERIES;
    await until(() => load.queries.length >= enough);
  };
  await more();
  const alive = now();
  await one.kill();
  const dead = now();
  await more();
  await rig.engine.apply(tableOf(service, ...servers.slice(1)));
  await more();
  await load.stop();
  const lost = load.queries.filter(({ answer }) => !answer);
  const inFlight = load.queries.filter(
    ({ sentAt, endedAt }) => sentAt <= dead && endedAt >= alive,
  );
  t.ok(lost.length <= LOOPS, `${lost.length} of ${load.queries.length} were lost`);
  t.ok(
    lost.every((query) => inFlight.includes(query)),
    'all of them in flight when it died',
  );
  const before = load.queries.filter(({ sentAt }) => sentAt < dead);
  for (const name of ['one', 'two'])
    t.ok(
      before.some(({ answer }) => answer?.includes(name)),
      `${name} has answered`,
    );
  const after = load.queries.filter(({ sentAt }) => sentAt > dead);
  t.ok(after.every(({ answer }) => answer?.includes('two')));
  const { servers: numbers } = await rig.stats(service);
  t.same(
    numbers.map(({ activeConnections }) => activeConnections),
    [0],
  );
}

/** The same under dnsperf, which sends many queries from few ports. */
export async function dnsperfFailover(t: Test, engine: Engine): Promise<void> {
  const rig = rigFor(t, engine);
  const { service, one } = await dnsService(t, rig);
  const place = { address: '127.0.0.1', port: service.port ?? 0 };
  const load = dnsperf(t, place, { outstanding: OUTSTANDING, seconds: 5, rate: 1000 });
  await until(async () => (await rig.stats(service)).acceptedConnections >= QUERIES);
  await one.kill();
  const { sent, completed, lost } = await load;
  t.ok(sent > 3 * QUERIES, `${sent} were sent`);
  t.equal(completed + lost, sent);
  t.ok(lost <= OUTSTANDING, `${lost} of them were lost`);
  t.match(await rig.stats(service), {
    acceptedConnections: sent,
    refusedConnections: 0,
  });
}

/** An answer that is too large for a datagram: the client asks again over TCP, at the same address. */
export async function dnsOverBoth(t: Test, engine: Engine): Promise<void> {
  const rig = rigFor(t, engine);
  const large = Array.from({ length: 40 }, (_, n) => `${n}`.padEnd(200, 'x'));
  const records = [
    'ns A 127.0.0.1',
    `big TXT ${large.map((text) => `"${text}"`).join(' ')}`,
  ];
  const { ports } = await runNamed(t, [{ name: 'lab.test', records }]);
  const server = serverAt('127.0.0.1', ports[0] ?? 0);
  const datagrams = await udpService(rig, { service: 'dns' });
  const connections = await rig.service({ port: datagrams.port ?? 0, service: 'dns' });
  await rig.engine.apply([
    ...tableOf(datagrams, server),
    ...tableOf(connections, server),
  ]);
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${datagrams.port}`]);
  t.same(await resolver.resolveTxt('big.lab.test'), [large]);
  for (const service of [datagrams, connections])
    t.match(await rig.stats(service), {
      acceptedConnections: 1,
      refusedConnections: 0,
    });
}

/** Both servers in the table. */
async function dnsService(t: Test, rig: Rig) {
  const [one, two] = await Promise.all(
    ['one', 'two'].map((name) => dnsServer(t, name)),
  );
  if (!one || !two) throw new RangeError('two servers');
  const service = await udpService(rig, { service: 'dns' });
  const servers = [one, two].map(({ ports: [port = 0] }) =>
    serverAt('127.0.0.1', port),
  );
  await rig.engine.apply(tableOf(service, ...servers));
  return { service, servers, one };
}

function dnsServer(t: Test, name: string) {
  const records = ['ns A 127.0.0.1', `who TXT "${name}"`];
  return runNamed(t, [{ name: 'lab.test', records }]);
}
