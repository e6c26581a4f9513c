import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../../model/child-environment.ts';
import { ownFile } from '../../../model/own-file.ts';

/** A socket of this thread's event loop, not polled: `server.listen()` takes it, and closes it with the
 *  server. */
export interface Handle {
  readonly fd: number;
  close(): void;
}

interface Wish {
  readonly descriptor: number;
  readonly resolve: (handle: Handle) => void;
  readonly reject: (reason: unknown) => void;
}

const SCRIPT = fileURLToPath(ownFile('engines/net/worker/duplicate-process'));
/** Far above what it takes on a busy machine. */
const PATIENCE_MS = 10_000;

/** Duplicates of descriptors of this process, which this thread owns alone. Node has no dup(2): what a thread
 *  adopts ends with it, and a socket that was passed would be lost with the first worker. So a child is given
 *  them, and sends them back over its channel, which makes new ones. */
export class Duplicates {
  #wishes: Wish[] = [];

  /** What is asked for in one turn of the event loop comes by one child.
   *  @throws Error with a code, or in words, where there is none */
  take(descriptor: number): Promise<Handle> {
    if (this.#wishes.length === 0) setImmediate(() => void this.#fulfil());
    return new Promise((resolve, reject) => {
      this.#wishes.push({ descriptor, resolve, reject });
    });
  }

  async #fulfil(): Promise<void> {
    const wishes = this.#wishes;
    this.#wishes = [];
    try {
      const handles = await duplicate(wishes.map(({ descriptor }) => descriptor));
      for (const [index, handle] of handles.entries()) wishes[index]?.resolve(handle);
    } catch (error) {
      for (const { reject } of wishes) reject(error);
    }
  }
}

/** Settles when the child has gone, so that a thread that dies later leaves none. */
async function duplicate(descriptors: readonly number[]): Promise<readonly Handle[]> {
  const count = descriptors.length;
  const handles: Handle[] = [];
  const child = fork(SCRIPT, [String(count)], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc', ...descriptors],
    env: childEnvironment(),
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  child.on('message', (_, handle) => {
    handles.push(handle as unknown as Handle);
    if (handles.length === count) child.disconnect();
  });
  const [code, signal] = await once(child, 'exit');
  if (handles.length === count) return handles;
  for (const handle of handles) handle.close();
  child.on('message', (_, late) => (late as unknown as Handle).close());
  throw new Error(
    `no duplicate of a listening socket, ${signal ?? `exit code ${code}`}`,
  );
}
