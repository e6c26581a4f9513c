import { once } from 'node:events';
import {
  chmod,
  link,
  lstat,
  readdir,
  readFile,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import { createControlServer } from '../../lib/control/index.ts';
import { listenAt } from '../../lib/control/socket-file.ts';
import { ask, controlOptions, openControl } from '../support/control.ts';
import { socketPath } from '../support/socket-path.ts';

const start = (path: string) => createControlServer(controlOptions(path));

t.test(
  'the file is a socket of mode 0660, and nothing else is left beside it',
  async (t) => {
    const before = process.umask(0);
    t.teardown(() => process.umask(before));
    const { path } = await openControl(t);
    const found = await stat(path);
    t.ok(found.isSocket());
    t.equal(found.mode & 0o777, 0o660);
    t.same(await readdir(join(path, '..')), ['x.sock']);
  },
);

t.test('a stale socket file is replaced', async (t) => {
  const path = socketPath(t);
  await staleSocket(path);
  const server = await start(path);
  t.teardown(() => server.close());
  t.equal((await ask(path, '/v1/status')).status, 200);
});

t.test('a live one is refused, and its holder named', async (t) => {
  const { path } = await openControl(t);
  const second = start(path);
  await t.rejects(second, {
    message: /x\.sock: l4director with pid 4711 .* listens there/,
  });
  t.equal((await ask(path, '/v1/status')).status, 200);
  t.same(await readdir(join(path, '..')), ['x.sock']);
});

t.test('a live one of another program is refused too', async (t) => {
  const path = socketPath(t);
  const other = createServer((socket) => socket.destroy()).listen(path);
  t.teardown(() => other.close());
  await once(other, 'listening');
  const second = start(path);
  await t.rejects(second, { message: /another process listens there/ });
  t.ok((await lstat(path)).isSocket());
});

t.test('a file that is no socket is refused and left alone', async (t) => {
  const path = socketPath(t);
  await writeFile(path, 'precious');
  const opening = start(path);
  await t.rejects(opening, { message: /is no socket/ });
  t.equal(await readFile(path, 'utf8'), 'precious');
});

t.test('of many who start at once on a stale file, one gets it', async (t) => {
  const path = socketPath(t);
  await staleSocket(path);
  const attempts = await Promise.allSettled(
    Array.from({ length: 16 }, () => start(path)),
  );
  const open = attempts.flatMap((a) => (a.status === 'fulfilled' ? [a.value] : []));
  t.teardown(() => Promise.all(open.map((server) => server.close())));
  t.equal(open.length, 1);
  t.equal((await ask(path, '/v1/status')).status, 200);
});

t.test('close removes the file, but not one that has taken its place', async (t) => {
  const { path, server } = await openControl(t);
  await server.close();
  await t.rejects(lstat(path), { code: 'ENOENT' });

  const first = await start(path);
  await staleSocket(`${path}.new`);
  await rename(`${path}.new`, path);
  await first.close();
  t.ok((await lstat(path)).isSocket());
});

t.test('a directory that is not there is told in words', async (t) => {
  const path = join(socketPath(t), '..', 'gone', 'x.sock');
  await t.rejects(start(path), {
    message: /x\.sock: cannot be made \(ENOENT in .*gone\)/,
  });
});

t.test('a directory without room is told in words, wherever it runs out', async (t) => {
  const path = socketPath(t);
  const server = createServer();
  t.intercept(server, 'listen', {
    value: () => {
      const text = 'listen ENOSPC: no space left on device';
      const error = Object.assign(new Error(text), { code: 'ENOSPC' });
      process.nextTick(() => server.emit('error', error));
      return server;
    },
  });
  await t.rejects(listenAt(server, path), {
    message: `${path}: cannot be made (ENOSPC in ${dirname(path)}): no space or no inode is left, see "df" and "df -i"; make room, or choose another --runtime-dir`,
  });
  t.same(await readdir(dirname(path)), [], 'and nothing is left');
});

t.test('a path too long for a socket is refused in words', async (t) => {
  const path = join(tmpdir(), `${'x'.repeat(120)}.sock`);
  const opening = start(path);
  await t.rejects(opening, { message: /at most 107 bytes/ });
});

/** A socket file whose listener died without removing it. */
/** A socket file whose listener died without removing it. */
async function staleSocket(path: string): Promise<void> {
  const server = createServer().listen(`${path}.was`);
  await once(server, 'listening');
  await link(`${path}.was`, path);
  await chmod(path, 0o660);
  await new Promise((resolve) => server.close(resolve));
}
