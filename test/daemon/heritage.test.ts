import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readStatus } from '../../lib/control/index.ts';
import { lowPort } from '../support/low-port.ts';
import {
  askFrom,
  clientsNamed,
  persistentService,
} from '../support/persisting-clients.ts';
import { killed, Site, until, webServer } from '../support/site.ts';

const CLIENTS = clientsNamed(9);

/** A director whose nine clients persist at two servers, `a` and `b`. */
async function persisting(t: Test) {
  const port = await lowPort();
  const reals = [await webServer(t, 'a'), await webServer(t, 'b')];
  const site = new Site(
    t,
    `quiescent=yes\nlogfile="LOG"\n${persistentService(port, reals)}`,
  );
  const socket = join(site.runtimeDir, 'l4director.a.cf.sock');
  const isUp = async () => {
    const { services } = await readStatus(socket, { timeoutMs: 20_000 });
    return services[0]?.reals.every(({ state }) => state === 'up') ?? false;
  };
  const start = async () => {
    t.match(await site.run('start'), { code: 0, stderr: '' });
    await until(isUp, 'all servers up');
  };
  await start();
  const homes = new Map<string, string>();
  for (const client of CLIENTS) homes.set(client, await askFrom(port, client));
  t.same(new Set(homes.values()), new Set(['a', 'b']));
  const now = async () => {
    const found = new Map<string, string>();
    // Backwards: by their turns they would come to the other one.
    for (const client of CLIENTS.toReversed())
      found.set(client, await askFrom(port, client));
    return found;
  };
  const file = join(site.runtimeDir, 'l4director.a.cf.clients.json');
  const counters = async () => {
    const { services } = await readStatus(socket, { timeoutMs: 20_000 });
    const { acceptedConnections, reals = [] } = services[0] ?? {};
    const totalConnections = reals.reduce((all, one) => all + one.totalConnections, 0);
    return { acceptedConnections, totalConnections };
  };
  return { site, start, homes, now, counters, file };
}

t.test(
  'clients that persist outlive a stop and a kill -9, counters a stop',
  async (t) => {
    const { site, start, homes, now, counters, file } = await persisting(t);
    t.match(await site.run('stop'), { code: 0 });
    await start();
    t.match(await counters(), { acceptedConnections: 9, totalConnections: 9 });
    t.same(await now(), homes, 'after a stop');
    t.match(await counters(), { acceptedConnections: 18, totalConnections: 18 });
    await killed(site.pid);
    await start();
    t.match(
      await counters(),
      { acceptedConnections: 0, totalConnections: 0 },
      'these would be older than what was seen',
    );
    t.same(await now(), homes, 'after a kill -9');
    t.notMatch(site.logText, /Cannot|not written/);

    await site.run('stop');
    writeFileSync(file, readFileSync(file).subarray(0, -1));
    await start();
    t.match(
      site.logText,
      /Cannot read .*clients\.json: it is damaged: .*; it is .*\.bad-/,
    );
    t.equal((await now()).size, CLIENTS.length, 'it starts without a torn file');
  },
);

t.test('counters outlive a start that fails', async (t) => {
  const { site, start, counters } = await persisting(t);
  t.match(await site.run('stop'), { code: 0 });
  const socket = join(site.runtimeDir, 'l4director.a.cf.sock');
  writeFileSync(socket, 'no socket');
  t.match(await site.run('start'), { code: 1, stderr: /exists and is no socket/ });
  rmSync(socket);
  await start();
  t.match(await counters(), { acceptedConnections: 9, totalConnections: 9 });
});
