import { write } from 'node:fs';
import { promisify } from 'node:util';
import { ctime } from '../../model/ctime.ts';
import type { Destination } from './destination.ts';
import { createLineQueue } from './line-queue.ts';

const writeTo = promisify(write);

/** Under a supervisor: `[DATE] MESSAGE` on stdout. */
export function stdoutDestination(): Destination {
  return descriptor(1, (message, at) => `[${ctime(at)}] ${message}\n`);
}

/** With -d, or where nothing else can be had: bare on stderr. */
export function stderrDestination(): Destination {
  return descriptor(2, (message) => `${message}\n`);
}

/** Not through process.stdout: on a pipe that would wait for a reader that hangs. */
function descriptor(
  fd: number,
  shape: (message: string, at: Date) => string,
): Destination {
  const queue = createLineQueue(
    async (bytes) => (await writeTo(fd, bytes)).bytesWritten,
    (count, reason) => shape(`${count} log lines were dropped: ${reason}`, new Date()),
  );
  return {
    write: (message, at) => queue.push(shape(message, at)),
    get dropped() {
      return queue.dropped;
    },
    close: (timeoutMs) => queue.close(timeoutMs),
  };
}
