import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Test } from 'tap';
import { Duplicates } from '../../lib/engines/net/worker/duplicates.ts';
import type { PassedSocket } from '../../lib/model/passed-socket.ts';
import type { Site } from './site.ts';
import { triedPort } from './tried-port.ts';

const ADDRESS = '127.0.0.1';

/** Sockets that listen and at which this process accepts nobody, as a service manager has them.
 *  @param count   how many share the port, with SO_REUSEPORT where there are several
 *  @param wanted  default: any that is free */
export async function passedSockets(
  t: Pick<Test, 'teardown'>,
  count = 1,
  wanted?: number,
): Promise<readonly PassedSocket[]> {
  const port = wanted ?? (await triedPort(ADDRESS));
  const duplicates = new Duplicates();
  const sockets: PassedSocket[] = [];
  for (let n = 0; n < count; n++) {
    const server = createServer().listen({ host: ADDRESS, port, reusePort: count > 1 });
    await once(server, 'listening');
    const { _handle } = server as typeof server & { readonly _handle: { fd: number } };
    const handle = await duplicates.take(_handle.fd);
    t.teardown(() => handle.close());
    server.close();
    sockets.push({ descriptor: handle.fd, address: ADDRESS, port });
  }
  return sockets;
}

/** Calls the program as a service manager does that has opened these sockets.
 *  @param as  words of a command that becomes somebody else before it */
export function spawnWith(
  { program, runtimeDir, folder, env }: Site,
  descriptors: readonly number[],
  args: readonly string[],
  as: readonly string[] = [],
): ChildProcess {
  const node = [...as, process.execPath, program];
  const own = [...node, '--runtime-dir', runtimeDir, ...args];
  return spawn('sh', ['-c', 'LISTEN_PID=$$ exec "$@"', 'sh', ...own], {
    cwd: folder,
    env: { ...process.env, ...env, LISTEN_FDS: String(descriptors.length) },
    stdio: ['ignore', 'pipe', 'pipe', ...descriptors],
  });
}
