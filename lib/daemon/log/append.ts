import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { reasonOf } from '../../model/reason.ts';
import { createLineQueue } from './line-queue.ts';

/** Without O_NONBLOCK a FIFO that nobody reads would hold a thread of the pool for ever. */
const FLAGS =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

const NEWLINE = 10;

/** Lines for the end of a file. */
export interface Appender {
  /** Returns at once.
   *  @param text   whole lines, each with its newline
   *  @param lines  how many */
  push(text: string, lines?: number): void;
  /** Lines that were dropped since the start. */
  readonly dropped: number;
  /** Flushes. @returns false when a write is stuck after `timeoutMs` */
  close(timeoutMs: number): Promise<boolean>;
}

/** What the owner of a file hears. */
export interface AppendEvents {
  /** Makes the line that tells of dropped ones, when writing works again; '': none. */
  lost(count: number, reason: string): string;
  /** Writing has begun to fail. */
  failing?(reason: string): void;
}

/** Appends to a file, and follows it over rotation without a signal: each batch asks whether the
 *  name still leads to the open file. Lines wait while writing fails, up to a limit. What somebody has
 *  left within a line, as on a full disk, gets its end first: no line of ours is glued to it. */
export function appendTo(
  path: string,
  { lost, failing }: AppendEvents,
  limit?: number,
): Appender {
  let file: OpenFile | undefined;
  let failed = false;
  /** The last write has ended within a line: its rest belongs in the same file. */
  let within = false;

  async function current(): Promise<FileHandle> {
    if (file && !within && !(await leadsTo(path, file))) {
      await file.handle.close();
      file = undefined;
    }
    file ??= await openFile(path);
    if (file.endsWithin) await file.handle.write('\n');
    file.endsWithin = false;
    return file.handle;
  }

  async function write(bytes: Buffer): Promise<number> {
    try {
      const { bytesWritten } = await (await current()).write(bytes);
      failed = false;
      within = bytes[bytesWritten - 1] !== NEWLINE;
      return bytesWritten;
    } catch (error) {
      if (!failed) failing?.(reasonOf(error));
      failed = true;
      throw error;
    }
  }

  const queue = createLineQueue(write, lost, limit);
  return {
    push: (text, lines) => queue.push(text, lines),
    get dropped() {
      return queue.dropped;
    },
    async close(timeoutMs) {
      const flushed = await queue.close(timeoutMs);
      if (flushed) await file?.handle.close();
      return flushed;
    },
  };
}

interface OpenFile {
  readonly handle: FileHandle;
  /** Which file it is: another has another pair while this one is open. */
  readonly ino: number;
  readonly dev: number;
  /** What was there before ends without a newline. */
  endsWithin: boolean;
}

async function openFile(path: string): Promise<OpenFile> {
  const handle = await open(path, FLAGS, 0o666);
  try {
    const about = await handle.stat();
    const { ino, dev } = about;
    const endsWithin = about.isFile() && !(await endsWhole(path, about.size));
    return { handle, ino, dev, endsWithin };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Whether the byte before `size` ends a line; so it is where it cannot be told. */
async function endsWhole(path: string, size: number): Promise<boolean> {
  if (size === 0) return true;
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(1),
      position: size - 1,
    });
    return bytesRead === 0 || buffer[0] === NEWLINE;
  } catch {
    return true; // ours to write, and not to read
  }
}

async function leadsTo(path: string, { ino, dev }: OpenFile): Promise<boolean> {
  try {
    const there = await stat(path);
    return there.ino === ino && there.dev === dev;
  } catch {
    return false; // moved away, and no new one yet
  }
}
