import { execFile } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { chmod, lstat, open, unlink } from 'node:fs/promises';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import type { Message } from '../wire/message.ts';
import { FifoText } from './fifo-text.ts';
import { absent } from './generation.ts';

const run = promisify(execFile);

/** Where hb_standby and hb_takeover write. */
export interface Fifo {
  close(): void;
}

/** Makes the FIFO where there is none, for root alone, and reads it. A file of another kind in its place is
 *  removed.
 *  @param hear  undefined: something was written that is no message */
export async function openFifo(
  file: string,
  hear: (message: Message | undefined) => void,
): Promise<Fifo> {
  const there = await lstat(file).catch(absent);
  if (there && !there.isFIFO()) await unlink(file);
  if (!there?.isFIFO()) await run('mkfifo', ['-m', '600', file]);
  await chmod(file, 0o600);
  // Open for writing too: it has no end then when a writer leaves.
  const fd = openSync(file, constants.O_RDWR | constants.O_NONBLOCK);
  const text = new FifoText();
  const socket = new Socket({ fd, readable: true, writable: false });
  socket.on('data', (bytes) => {
    for (const message of text.take(bytes)) hear(message);
  });
  socket.on('error', () => socket.destroy());
  return { close: () => socket.destroy() };
}

/** Writes a message as hb_standby does; rejects when nobody reads there. */
export async function writeFifo(file: string, message: Message): Promise<void> {
  const lines = message.map(([name, value]) => `${name}=${value}\n`).join('');
  const handle = await open(file, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    await handle.writeFile(`>>>\n${lines}<<<\n`);
  } finally {
    await handle.close();
  }
}
