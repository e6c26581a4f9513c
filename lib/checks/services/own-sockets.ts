import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

/** How often a connection's reading is looked at. */
const LOOK_MS = 50;

const groups = new AsyncLocalStorage<SocketGroup>();
let subscribed = false;

/** For a library that dials by itself and can neither be aborted nor be given a connection:
 *  every TCP connection that the work opens, whenever and to whomever, is destroyed when the
 *  work settles, when the signal aborts, or when it has read more than that many bytes.
 *  @returns what the work yields; rejects with the signal's reason as soon as that aborts */
export async function withOwnSockets<T>(
  signal: AbortSignal,
  bytes: number,
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  subscribeOnce();
  const group = new SocketGroup(bytes);
  const ended = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const options = { once: true, signal: ended.signal };
    signal.addEventListener('abort', () => reject(signal.reason), options);
  });
  try {
    return await Promise.race([groups.run(group, work), aborted]);
  } finally {
    ended.abort();
    group.close();
  }
}

/** Node tells of every socket before it is connected, within the context of who connects it. */
function subscribeOnce(): void {
  if (subscribed) return;
  subscribed = true;
  subscribe('net.client.socket', (message) => {
    const socket =
      typeof message === 'object' && message !== null && 'socket' in message
        ? message.socket
        : undefined;
    if (socket instanceof Socket) groups.getStore()?.add(socket);
  });
}

class SocketGroup {
  readonly #open = new Set<Socket>();
  readonly #bytes: number;
  readonly #look: NodeJS.Timeout;
  #closed = false;

  constructor(bytes: number) {
    this.#bytes = bytes;
    this.#look = setInterval(() => this.#bound(), LOOK_MS);
  }

  add(socket: Socket): void {
    socket.on('error', () => {});
    // It cannot be destroyed yet: who opens it connects it after this call.
    if (this.#closed) process.nextTick(() => socket.destroy());
    else this.#open.add(socket);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#look);
    // An error, for the library waits for one, and would wait on.
    for (const socket of this.#open) end(socket, 'the check is over');
    // A name that is still looked up keeps this group, and what they have read would stay as long.
    this.#open.clear();
  }

  /** A reader of ours would take bytes from the library's. */
  #bound(): void {
    for (const socket of this.#open)
      if (socket.bytesRead > this.#bytes)
        end(socket, `more than ${this.#bytes.toLocaleString('en')} bytes came`);
  }
}

/** The library may have taken our listener away with all others, and then nobody would hear the error. */
function end(socket: Socket, why: string): void {
  socket.on('error', () => {});
  socket.destroy(new Error(why));
}
