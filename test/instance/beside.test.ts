import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import {
  asideSocket,
  estateSocket,
  leftBeside,
  sweepBeside,
} from '../../lib/instance/beside.ts';
import { HANDED_OVER } from '../../lib/instance/process.ts';
import { socketPath } from '../support/socket-path.ts';

/** The kernel gives none so high. Source: proc(5), pid_max. */
const NOBODY = 2 ** 22 + 1;

/** As a `kill -9` leaves one. */
async function makeSocket(t: Test, path: string): Promise<void> {
  const server = createServer();
  t.teardown(() => server.close());
  await once(server.listen(`${path}.made`), 'listening');
  renameSync(`${path}.made`, path);
}

t.test('what dead directors left beside a socket goes, and nothing else', async (t) => {
  const socket = socketPath(t);
  const folder = dirname(socket);
  const own = [estateSocket(socket, process.pid), asideSocket(socket, process.pid)];
  const others = ['', '.7a', '.before', '.before-', '2.5', `y.${NOBODY}`];
  const kept = [...own, ...others.map((name) => `${socket}${name}`)];
  const stale = [estateSocket(socket, NOBODY), asideSocket(socket, NOBODY)];
  for (const file of kept) writeFileSync(file, '');
  for (const file of stale) await makeSocket(t, file);
  sweepBeside(socket);
  const left = readdirSync(folder).map((name) => join(folder, name));
  t.same(left.sort(), kept.sort());
  t.doesNotThrow(() => sweepBeside(join(folder, 'nowhere', 'x.sock')));
});

t.test('what is no socket is left alone', async (t) => {
  const folder = t.testdir();
  const socket = join(folder, 'stats');
  writeFileSync(`${socket}.${NOBODY}`, 'precious');
  mkdirSync(`${socket}.before-${NOBODY}`);
  sweepBeside(socket);
  t.equal(readdirSync(folder).length, 2);
});

/** A process that is called so; its pid. */
async function called(t: Test, title: string): Promise<number> {
  const script = `process.title = '${title}'; console.log('x'); setInterval(() => {}, 1e6)`;
  const child = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.teardown(() => child.kill());
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

t.test('who has handed over is found by his socket', async (t) => {
  const socket = socketPath(t);
  const [first, second] = [await called(t, HANDED_OVER), await called(t, HANDED_OVER)];
  const other = await called(t, 'another program');
  const silent = await called(t, HANDED_OVER);
  for (const pid of [first, second, other, NOBODY])
    await makeSocket(t, estateSocket(socket, pid));
  await makeSocket(t, asideSocket(socket, silent));
  writeFileSync(estateSocket(socket, silent), 'no socket');
  t.match(leftBeside(socket), [{ pid: second }, { pid: first }]);
  t.equal(leftBeside(socket).length, 2);
  t.same(leftBeside(`${socket}/nowhere/x`), []);
});
