import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from './process.ts';
import { writingIn } from './runtime-dir.ts';

export type LockResult =
  | { readonly taken: true }
  | { readonly taken: false; readonly holder: ProcessIdentity };

/** Takes the lock whose files are `STEM.1`, `STEM.2` ... for this process, until the process
 *  ends, by kill -9 too.
 *
 *  Node has no flock(2). A lock file with its owner's pid and start time shows when the owner
 *  is dead, but two processes that both find it dead would then remove each other's new one.
 *  So no file is ever replaced: whoever finds the highest number's owner dead creates the next
 *  number, which only one can do. Lower numbers are swept by the new holder; a process that
 *  was asleep meanwhile and creates a number already swept sees the higher one and withdraws.
 *  That holds because the highest is never removed, not even by its owner at the end.
 *  @param from  whose lock may be taken though it is alive: it hands over
 *  @throws when the directory cannot be written, in words for the operator */
export function takeLock(stem: string, from?: ProcessIdentity): LockResult {
  const self = identify(process.pid);
  if (!self) throw new Error('/proc is not mounted: cannot tell processes apart');
  return writingIn(dirname(stem), () => takeHighest(stem, self, from));
}

/** Who holds it; undefined: nobody that is alive. */
export function lockHolder(stem: string): ProcessIdentity | undefined {
  const holder = owner(`${stem}.${generations(stem).at(-1) ?? 0}`);
  return holder && isAlive(holder) ? holder : undefined;
}

function takeHighest(
  stem: string,
  self: ProcessIdentity,
  from: ProcessIdentity | undefined,
): LockResult {
  for (;;) {
    const highest = generations(stem).at(-1) ?? 0;
    const holder = owner(`${stem}.${highest}`);
    const handsOver = holder?.pid === from?.pid && holder?.started === from?.started;
    if (holder && isAlive(holder) && !handsOver) return { taken: false, holder };
    if (advance(stem, highest + 1, self)) return { taken: true };
  }
}

/** @returns false when another process was quicker */
function advance(stem: string, next: number, self: ProcessIdentity): boolean {
  if (!create(`${stem}.${next}`, self)) return false;
  const all = generations(stem);
  const overtaken = all.at(-1) !== next;
  for (const number of overtaken ? [next] : all.filter((other) => other < next))
    rmSync(`${stem}.${number}`, { force: true });
  return !overtaken;
}

/** Numbers in use, ascending. */
function generations(stem: string): number[] {
  const prefix = `${basename(stem)}.`;
  return readdirSync(dirname(stem))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((text) => /^\d+$/.test(text))
    .map(Number)
    .sort((a, b) => a - b);
}

/** Appears with its content, or not at all. @returns false when the number is taken */
function create(file: string, self: ProcessIdentity): boolean {
  const draft = `${file}.draft-${self.pid}`;
  try {
    writeFileSync(draft, `${self.pid} ${self.started}\n`);
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function owner(file: string): ProcessIdentity | undefined {
  try {
    const [pid, started] = readFileSync(file, 'utf8').trim().split(' ');
    return started === undefined ? undefined : { pid: Number(pid), started };
  } catch {
    return undefined;
  }
}
