import { once } from 'node:events';
import { chmod, unlink } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { absent } from '../local/generation.ts';
import type { StatusView } from './view.ts';

const LONGEST = 1 << 20;
const WAIT_MS = 2000;

export interface StatusSocket {
  close(): Promise<void>;
}

/** Where `status` asks: whoever connects is sent the status as JSON, and it is closed. It shows as well that a
 *  daemon runs: the kernel takes connections for one that is frozen too.
 *  @throws when another daemon listens there */
export async function openStatusSocket(
  path: string,
  view: () => StatusView | undefined,
): Promise<StatusSocket> {
  if (await isTaken(path))
    throw new Error(`another l4heartbeat runs already: it listens at ${path}`);
  await unlink(path).catch(absent);
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    client.setTimeout(WAIT_MS, () => client.destroy());
    client.resume().end(JSON.stringify(view() ?? null));
  });
  server.maxConnections = 32;
  server.listen(path);
  await once(server, 'listening');
  await chmod(path, 0o600);
  return {
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** @returns undefined: no daemon runs
 *  @throws when one is there and does not answer, or may not be asked */
export async function askStatus(path: string): Promise<StatusView | undefined> {
  const socket = createConnection(path);
  try {
    await once(socket, 'connect');
  } catch (error) {
    if (isSomebody(error)) throw error;
    return undefined;
  }
  try {
    return await readAll(socket, path);
  } finally {
    socket.destroy();
  }
}

async function readAll(
  socket: NodeJS.ReadableStream & { setTimeout(ms: number, then: () => void): unknown },
  path: string,
): Promise<StatusView | undefined> {
  let text = '';
  socket.setTimeout(WAIT_MS, () =>
    socket.emit(
      'error',
      new Error(`${path}: no answer: the daemon is stopped or stuck`),
    ),
  );
  for await (const chunk of socket) {
    text += chunk.toString();
    if (text.length > LONGEST) throw new Error(`${path}: the answer has no end`);
  }
  return (JSON.parse(text) as StatusView | null) ?? undefined; // The daemon's own words.
}

/** Whether a daemon listens there, be it one that is frozen. */
export async function isTaken(path: string): Promise<boolean> {
  const socket = createConnection(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    return isSomebody(error);
  } finally {
    socket.destroy();
  }
}

/** Whether a daemon may listen there that cannot be asked: by root alone (EACCES), or since it is frozen and so many
 *  wait for it that the kernel turns others away (EAGAIN). */
function isSomebody(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException; // createConnection's.
  return code === 'EACCES' || code === 'EAGAIN';
}
