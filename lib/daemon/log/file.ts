import { type FileHandle, open, stat } from 'node:fs/promises';
import { ctime, type Destination } from './destination.ts';
import { createLineQueue } from './line-queue.ts';

/** A log file, lines as ldirectord writes them: `[DATE|INSTANCE|PID] MESSAGE`. It is followed
 *  over rotation without a signal: each batch asks whether the name still leads to the open
 *  file, as ldirectord opens it for every line and its logrotate snippet relies on that. */
export function fileDestination(path: string, instance: string): Destination {
  let handle: FileHandle | undefined;

  async function current(): Promise<FileHandle> {
    if (handle && !(await leadsTo(path, handle))) {
      await handle.close();
      handle = undefined;
    }
    handle ??= await open(path, 'a');
    return handle;
  }

  const shape = (message: string, at: Date): string =>
    `[${ctime(at)}|${instance}|${process.pid}] ${message}\n`;
  const queue = createLineQueue(
    async (bytes) => (await (await current()).write(bytes)).bytesWritten,
    (count, reason) => shape(`${count} log lines were dropped: ${reason}`, new Date()),
  );
  return {
    write: (message, at) => queue.push(shape(message, at)),
    async close(timeoutMs) {
      const flushed = await queue.close(timeoutMs);
      if (flushed) await handle?.close();
      return flushed;
    },
  };
}

async function leadsTo(path: string, handle: FileHandle): Promise<boolean> {
  try {
    const [there, here] = await Promise.all([stat(path), handle.stat()]);
    return there.ino === here.ino && there.dev === here.dev;
  } catch {
    return false; // moved away, and no new one yet
  }
}
