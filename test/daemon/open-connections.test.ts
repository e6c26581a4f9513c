import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ask, CALLS, readStatus } from '../../lib/control/index.ts';
import { freePort, Site, until } from '../support/site.ts';

t.setTimeout(120_000);
const PATIENCE = { timeoutMs: 20_000 };
const CLIENTS = 20;
const DEADLINE_S = 2;
/** For a busy machine. */
const SLACK_MS = 10_000;

/** A real server that keeps every connection; its listener may close without them. */
async function holder(t: Test): Promise<{ server: Server; port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { server, port: (server.address() as { port: number }).port };
}

/** Settles when all have been accepted that the kernel has connected: a listener that closes resets the others.
 *  It accepts them in the order of their coming. */
async function hasAccepted({ server, port }: Awaited<ReturnType<typeof holder>>) {
  const last = connect(port, '127.0.0.1');
  const accepted = new Promise<void>((resolve) => {
    server.on('connection', ({ remotePort }: Socket) => {
      if (remotePort === last.localPort) resolve();
    });
  });
  await once(last, 'connect');
  await accepted;
  last.destroy();
}

interface Client {
  readonly socket: Socket;
  endedAt?: number;
  code?: string;
}

/** The real program before two such servers, and what it has open. */
async function stage(t: Test, ini: string) {
  const [one, two, port] = [await holder(t), await holder(t), await freePort()];
  const site = new Site(
    t,
    `checkinterval=1
quiescent=yes
logfile="LOG"
virtual=127.0.0.1:${port}
\treal=127.0.0.1:${one.port} masq 1
\treal=127.0.0.1:${two.port} masq 1
\tchecktype=connect
\tscheduler=rr
`,
  );
  writeFileSync(`${site.config}.ini`, `[net]\n${ini}\n`);
  t.equal((await site.run('start')).code, 0);
  const socket = join(site.runtimeDir, 'l4director.a.cf.sock');
  const reals = async () =>
    (await readStatus(socket, PATIENCE)).services[0]?.reals ?? [];
  await until(
    async () => (await reals()).every(({ state }) => state === 'up'),
    'both up',
  );
  const client = (): Client => {
    const made: Client = { socket: connect(port, '127.0.0.1') };
    t.teardown(() => made.socket.destroy());
    made.socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      made.endedAt = performance.now();
      if (code !== undefined) made.code = code;
    });
    return made;
  };
  const clients = Array.from({ length: CLIENTS }, client);
  const openOf = async (row: number) => (await reals())[row]?.activeConnections ?? 0;
  await until(
    async () => (await openOf(0)) + (await openOf(1)) === CLIENTS,
    'all open',
  );
  await Promise.all([one, two].map(hasAccepted));
  const ref = { service: `tcp:127.0.0.1:${port}`, real: `127.0.0.1:${one.port}` };
  return { one, socket, site, reals, client, clients, openOf, ref };
}

t.test(
  'a drain takes nobody from its first moment on, and ends at the deadline',
  async (t) => {
    const made = await stage(t, `drain-deadline = ${DEADLINE_S}s`);
    const { socket, reals, client, clients, openOf, ref } = made;
    const began = performance.now();
    await ask(socket, { ...CALLS.change(ref, { state: 'drain' }), ...PATIENCE });
    const before = (await reals())[0]?.totalConnections;
    const timer = setInterval(() => clients.push(client()), 20);
    t.teardown(() => clearInterval(timer));
    const ended = () => clients.filter(({ code }) => code === 'ECONNRESET');
    await until(() => ended().length === CLIENTS / 2, 'the ends');
    clearInterval(timer);
    const times = ended().map(({ endedAt = 0 }) => endedAt - began);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    t.ok(
      first > (DEADLINE_S - 0.5) * 1000,
      `the first ended after ${Math.round(first)} ms`,
    );
    t.ok(last < DEADLINE_S * 1000 + SLACK_MS, `the last after ${Math.round(last)} ms`);
    t.equal(await openOf(0), 0);
    t.equal((await reals())[0]?.totalConnections, before, 'no new connection since');
    const came = clients.length - CLIENTS;
    t.ok(came > 20, `${came} others came`);
    t.ok(clients.slice(CLIENTS).every(({ code }) => code === undefined));
  },
);

t.test('on-down = kill resets what is open soon after the finding', async (t) => {
  const { one, site, clients, openOf } = await stage(t, 'on-down = kill');
  one.server.close();
  const found = site.logged(/Quiescent real server/).then(() => performance.now());
  const ended = () => clients.filter(({ code }) => code === 'ECONNRESET');
  await until(() => ended().length === CLIENTS / 2, 'the ends');
  const told = await found;
  const last = Math.max(...ended().map(({ endedAt = 0 }) => endedAt));
  t.ok(last - told < SLACK_MS, `${Math.round(last - told)} ms after the log said so`);
  t.equal(await openOf(0), 0);
  t.equal(await openOf(1), CLIENTS / 2);
});

t.test('without it, as with ldirectord, they go on', async (t) => {
  const { one, site, clients, openOf } = await stage(t, 'on-down = keep');
  one.server.close();
  await site.logged(/Quiescent real server/);
  await new Promise((wait) => setTimeout(wait, 1500));
  t.ok(clients.every(({ code }) => code === undefined));
  t.equal(await openOf(0), CLIENTS / 2);
});
