import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { Admission, admissionMemory } from '../../../lib/engines/net/admission.ts';
import {
  connectionCap,
  descriptorsOf,
  FileBound,
  fileLimit,
} from '../../../lib/engines/net/file-limit.ts';
import type { ServiceStats } from '../../../lib/model/engine.ts';
import { aReal, aService } from '../../support/config.ts';
import { udpClient, udpServer } from '../../support/datagrams.ts';
import { ending, freePort, tableOf, until } from '../../support/engine-rig.ts';

const DIRECTOR = new URL(
  `./fixtures/limited-director${extname(import.meta.url)}`,
  import.meta.url,
);
const LIMIT = 260;
/** What the process has open without any client takes half of it. */
const LOW = 100;
const FIT = connectionCap(LIMIT, 1);

t.test('two descriptors a connection fit below the limit', async (t) => {
  t.equal(connectionCap(1124, 24), 500);
  t.equal(connectionCap(64, 1), 8, 'never none');
  t.equal(connectionCap(Infinity, 3), Infinity);
});

t.test('each listener and each check has a descriptor kept for it', async (t) => {
  const reals = Array.from({ length: 1000 }, (_, n) => aReal(`10.1.1.21:${n + 1}`));
  const [entry] = tableOf(aService({ reals }));
  const [other] = tableOf(aService({ address: '10.1.1.20', reals: [] }));
  t.equal(descriptorsOf([entry, other].flatMap((one) => one ?? [])), 1002);
});

const limits = (soft: string) => ({
  self: {
    limits: `Limit  Soft Limit\nMax open files            ${soft}  4096 files\n`,
  },
});

t.test('the limit is read from procfs', async (t) => {
  t.equal(fileLimit(t.testdir(limits('1024'))), 1024);
  t.equal(fileLimit(t.testdir(limits('unlimited'))), Infinity);
  t.equal(fileLimit(`${t.testdir({})}/none`), Infinity);
});

t.test('a limit that was changed is found when somebody is refused', async (t) => {
  const proc = t.testdir(limits('140'));
  const memory = admissionMemory(2);
  const [main, worker] = [new Admission(memory, 0), new Admission(memory, 1)];
  let now = 0;
  const clock = () => now;
  const bound = new FileBound(main, 2, { proc, maxConnections: 50 }, clock);
  t.equal(worker.limit, Infinity);
  bound.expect([]);
  t.equal(worker.limit, 16, 'beside what a second thread takes');
  writeFileSync(`${proc}/self/limits`, limits('160').self.limits);
  now = 999;
  bound.hear('full');
  t.equal(worker.limit, 16, 'looked for once a second at most');
  now = 1000;
  bound.hear('full');
  t.equal(worker.limit, 26);
  writeFileSync(`${proc}/self/limits`, limits('unlimited').self.limits);
  now = 2000;
  bound.hear('worker');
  t.equal(worker.limit, 26, 'it does not keep anybody out');
  bound.hear('full');
  t.equal(worker.limit, 50, 'as many as there may be in any case');
});

t.test('a limit that was lowered, and raised again', async (t) => {
  const port = await freePort();
  const director = limited(t, port, await echoServer(t));
  await told(director, 'outcomes');
  const notice = told(director, 'event');
  await setLimit(director, LOW);
  const clients: Socket[] = [];
  for (let n = 0; n < LOW / 2; n++) clients.push(await comes(t, port));
  t.match(await notice, { event: { message: /^No file descriptors left/ } });
  t.ok(clients.at(0)?.readable);
  t.equal(await refused(t, port), 'ECONNRESET');
  await setLimit(director, LIMIT);
  while (clients.filter(({ readable }) => readable).length < FIT)
    clients.push(await echoing(t, port));
  for (const client of clients) client.destroy();
});

t.test(
  'past the file limit connections are reset, counted, and the rest unharmed',
  async (t) => {
    const real = await echoServer(t);
    const port = await freePort();
    const director = limited(t, port, real);
    await told(director, 'outcomes');
    const notice = told(director, 'event');

    const clients: Socket[] = [];
    for (let n = 0; n < FIT; n++) clients.push(await echoing(t, port));
    for (let n = 0; n < 5; n++) t.equal(await refused(t, port), 'ECONNRESET');
    t.match(await notice, { event: { type: 'notice', message: /file descriptors/ } });
    for (const client of clients) client.write('still here');
    await until(() => clients.every(({ bytesRead }) => bytesRead === 11));
    t.equal((await stats(director)).refusedConnections, 5);

    for (const client of clients.splice(0, 3)) client.destroy();
    await until(async () => {
      const { servers } = await stats(director);
      return servers[0]?.activeConnections === FIT - 3;
    });
    for (let n = 0; n < 3; n++) clients.push(await echoing(t, port));
    for (const client of clients) client.destroy();
  },
);

t.test('a flood of UDP clients leaves half of the places to TCP', async (t) => {
  const real = await echoServer(t);
  const server = await udpServer(t, () => 'a');
  const port = await freePort();
  const director = limited(t, port, real, server.port);
  await told(director, 'outcomes');
  const notice = told(director, 'event');
  for (let n = 0; n < FIT; n++) {
    const client = await udpClient(t, { address: '127.0.0.1', port });
    t.equal(await client.ask(), 'a');
    await client.close();
  }
  t.match(await notice, { event: { message: /as many UDP sessions/i } });
  const clients: Socket[] = [];
  while (clients.length < FIT / 2 - 1) clients.push(await echoing(t, port));
  for (const client of clients) client.destroy();
});

/** @returns its port */
async function echoServer(t: Test): Promise<number> {
  const echo = createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  t.teardown(() => echo.close());
  return (echo.address() as { port: number }).port;
}

function limited(t: Test, port: number, ...reals: readonly number[]): ChildProcess {
  const script = fileURLToPath(DIRECTOR);
  const shell = `ulimit -n ${LIMIT} && exec "$0" "$@"`;
  const child = spawn(
    'sh',
    ['-c', shell, process.execPath, script, String(port), ...reals.map(String)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

async function setLimit({ pid }: ChildProcess, count: number): Promise<void> {
  await promisify(execFile)('prlimit', [`--nofile=${count}:`, '-p', String(pid)]);
}

/** The next message that has the field. */
async function told(child: ChildProcess, field: string): Promise<object> {
  for (;;) {
    const [message] = await once(child, 'message');
    if (field in message) return message;
  }
}

async function stats(child: ChildProcess): Promise<ServiceStats> {
  const answer = told(child, 'stats');
  child.send('stats');
  const { stats } = (await answer) as { stats: [ServiceStats] };
  return stats[0];
}

/** A client whose byte has come back. Tries until it is let in: a place is free only when the
 *  descriptors of its connection are closed, a moment after it ceased to be counted. */
async function echoing(t: Test, port: number): Promise<Socket> {
  for (;;) {
    const socket = await comes(t, port);
    if (socket.bytesRead === 1) return socket;
  }
}

/** A client whose byte has come back, or whom nobody let in. */
async function comes(t: Test, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  t.teardown(() => socket.destroy());
  socket.write('.');
  socket.resume();
  await until(() => socket.bytesRead === 1 || socket.destroyed);
  return socket;
}

async function refused(t: Test, port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  return ending(socket);
}
