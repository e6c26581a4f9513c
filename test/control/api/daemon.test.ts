import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ask, CALLS, follow } from '../../../lib/control/index.ts';
import type { DirectorEvent } from '../../../lib/model/event.ts';
import { openContract } from '../../support/contract.ts';
import { inForce } from '../../support/in-force.ts';
import { freePort, Site, until } from '../../support/site.ts';

/* The real program: every route, held against the document that it serves. */
t.setTimeout(120_000);
const timeoutMs = 20_000;

/** A server that says its name and then what it hears. */
async function echo(t: Test, name: string): Promise<number> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('error', () => {}).on('close', () => clients.delete(client));
    client.write(name);
    client.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const client of clients) client.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const REAL_ROW = '/v1/services/{service}/reals/{real}';

t.test('the program serves what its document says', async (t) => {
  const [web, kept] = [await freePort(), await freePort()];
  const [one, two] = [await echo(t, '1'), await echo(t, '2')];
  const service = (port: number, more = '') =>
    `virtual=127.0.0.1:${port}
    real=127.0.0.1:${one} masq
    real=127.0.0.1:${two} masq
    scheduler=rr
    checktype=connect
${more}`;
  const text = `checkinterval=1
logfile="LOG"
${service(web)}
${service(kept, '    persistent=300\n')}`;
  const site = new Site(t, text);
  t.equal((await site.run('start')).code, 0);
  const socket = join(site.runtimeDir, 'l4director.a.cf.sock');
  const ids = [`tcp:127.0.0.1:${web}`, `tcp:127.0.0.1:${kept}`] as const;
  const reals = [`127.0.0.1:${one}`, `127.0.0.1:${two}`] as const;
  await inForce(socket);
  const { hold, held, rows } = await openContract(t, socket);
  const told = async (row: string, url?: string, body?: object) => {
    const words = body === undefined ? {} : { body: JSON.stringify(body) };
    return JSON.parse((await hold(row, url, words)).text);
  };
  /** A client that has heard which server it is at. */
  const client = async (port: number) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    t.teardown(() => socket.destroy());
    const [piece] = await once(socket, 'data');
    return { socket, server: reals[String(piece) === '1' ? 0 : 1] };
  };
  const state = async (real: string) => {
    const { services } = await ask(socket, { ...CALLS.services(), timeoutMs });
    return services[0]?.reals.find(({ id }) => id === real)?.state;
  };

  await t.test('weight and state of a real server', async (t) => {
    const [id] = ids;
    const [real] = reals;
    const at = `/v1/services/${id}/reals/${real}`;
    const patch = (body: object) => told(`PATCH ${REAL_ROW}`, at, body);
    const now = () => told(`GET ${REAL_ROW}`, at);
    const heavy = { weight: 7, state: 'ready' };
    t.match(await patch({ weight: 7 }), { before: null, after: heavy });
    t.match(await now(), { weight: 7, configuredWeight: 1, override: heavy });
    t.match(await patch({ state: 'drain' }), {
      before: heavy,
      after: { state: 'drain' },
    });
    t.match(await now(), { weight: 0, state: 'drain' });
    for (let round = 0; round < 3; round++)
      t.equal((await client(web)).server, reals[1]);
    t.match(await patch({ state: 'maintenance' }), { after: { state: 'maintenance' } });
    t.match(await now(), { weight: 0, state: 'maintenance' });
    t.match(await patch({ state: 'ready', weight: null }), { after: null });
    t.match(await now(), { weight: 1, state: 'up', override: null });
    const headers = { accept: 'application/json' };
    const { text } = await hold('GET /v1/events', undefined, { headers });
    const { events }: { events: readonly DirectorEvent[] } = JSON.parse(text);
    t.match(
      events.filter(({ type }) => type === 'change'),
      [
        { what: 'weight', new: 7 },
        { what: 'state', new: 'drain' },
        { what: 'state', new: 'maintenance' },
      ],
    );
  });

  await t.test('a drain waits for its clients, and ends those that stay', async (t) => {
    const [id] = ids;
    const quick = await client(web);
    const real = quick.server;
    const call = CALLS.drain({ service: id, real }, 60);
    const drained = ask(socket, { ...call, timeoutMs });
    await until(async () => (await state(real)) === 'drain', 'the drain');
    for (const each of (await told('GET /v1/connections')).connections)
      if (each.client !== `127.0.0.1:${quick.socket.localPort}`)
        await told('DELETE /v1/connections/{id}', `/v1/connections/${each.id}`);
    quick.socket.end();
    t.match(await drained, { ended: 0 });

    const ready = CALLS.change({ service: id, real }, { state: 'ready' });
    await ask(socket, { ...ready, timeoutMs });
    let slow = await client(web);
    await until(async () => {
      if (slow.server !== real) slow = await client(web);
      return slow.server === real;
    }, 'a client there again');
    const at = `/v1/services/${id}/reals/${real}`;
    const done = await told(`POST ${REAL_ROW}/drain`, `${at}/drain`, {
      withinSeconds: 0,
    });
    t.match(done, { ended: 1 });
    await until(() => slow.socket.closed, 'the client that stayed');
    await told(`PATCH ${REAL_ROW}`, at, { state: 'ready' });
  });

  await t.test('connections and persistence are listed and ended', async (t) => {
    const [, service] = ids;
    const of = `service=${service}`;
    const [first, second] = [await client(kept), await client(kept)];
    const { server } = first;
    t.equal(second.server, server);
    const { connections, total } = await told(
      'GET /v1/connections',
      `/v1/connections?${of}`,
    );
    t.equal(total, 2);
    t.match(connections, [{ service, server, state: 'open' }, { server }]);
    t.match(await told('GET /v1/connections', `/v1/connections?${of}&most=1`), {
      connections: { length: 1 },
      total: 2,
    });
    t.match(await told('GET /v1/persistence'), {
      persistence: [{ service, server, client: '127.0.0.1' }],
      total: 1,
    });
    const one = `/v1/connections/${connections[0].id}`;
    t.match(await told('DELETE /v1/connections/{id}', one), { ended: 1 });
    t.match(await told('DELETE /v1/connections/{id}', one), { error: /there is no/ });
    const all = `/v1/connections?${of}&server=${server}`;
    t.match(await told('DELETE /v1/connections', all), { ended: 1 });
    await until(() => first.socket.closed && second.socket.closed, 'both clients');
    const entry = '/v1/persistence?client=127.0.0.1';
    t.match(await told('DELETE /v1/persistence', entry), { forgotten: 1 });
    t.match(await told('GET /v1/persistence'), { total: 0 });
  });

  await t.test('reload and plan say what changes', async (t) => {
    const [id] = ids;
    const config = readFileSync(site.config, 'utf8');
    t.match(await told('GET /v1/plan'), { ok: true, changes: [] });
    site.write(config.replace('scheduler=rr', 'scheduler=wlc'));
    const values = [{ name: 'scheduler', old: 'rr', new: 'wlc' }];
    const changes = [{ type: 'changed', service: id, real: null, values }];
    t.match(await told('GET /v1/plan'), { changes });
    t.match(await told('GET /v1/plan'), { changes });
    t.match(await told('POST /v1/reload'), { ok: true, changes });
    t.match(await told('GET /v1/plan'), { changes: [] });
    site.write(`${config}chekinterval=1\n`);
    for (const row of ['GET /v1/plan', 'POST /v1/reload'])
      t.match(await told(row), { errors: [/a\.cf:\d+: .*chekinterval/] }, row);
    t.match(await told('GET /v1/status'), { configError: /chekinterval/ });
  });

  for (const row of ['GET /v1/services', 'GET /metrics', 'GET /v1/openapi.json'])
    await hold(row);
  for (const row of ['GET /v1/ready', 'GET /v1/role']) await hold(row);
  await hold('POST /v1/role', undefined, { body: '{"role": "standby"}' });
  await hold('GET /v1/services/{service}', `/v1/services/${ids[0]}?checks=20`);
  for (const row of rows) t.ok(held.get(row)?.has(200), `${row} has been answered`);

  await t.test('who follows hears of a change, and of the end', async (t) => {
    const [service] = ids;
    const [real] = reals;
    const events = follow(socket, 0, new AbortController().signal);
    await events.next();
    const change = CALLS.change({ service, real }, { weight: 3 });
    await ask(socket, { ...change, timeoutMs });
    for await (const event of events)
      if (event.type === 'change' && event.new === 3) break;
    const more = follow(socket, 0, new AbortController().signal);
    await more.next();
    const gone = t.rejects(
      (async () => {
        for await (const { id } of more) t.ok(id > 1);
      })(),
      { message: /has ended the connection$/ },
    );
    t.equal((await site.run('stop')).code, 0);
    await gone;
  });
});
