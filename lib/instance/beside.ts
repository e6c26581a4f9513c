import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  hasHandedOver,
  identify,
  isFree,
  mayName,
  type ProcessIdentity,
} from './process.ts';

/** Where a director that hands over answers for what it still has.
 *  @param socket  that of its instance */
export function estateSocket(socket: string, pid: number): string {
  return `${socket}.${pid}`;
}

/** Where a successor puts a socket of a director until that has let go of it. */
export function asideSocket(socket: string, pid: number): string {
  return `${socket}.before-${pid}`;
}

/** Removes those beside a socket whose directors have ended, as by `kill -9`. What is no socket is somebody
 *  else's: a read-only socket may be in any folder. */
export function sweepBeside(socket: string): void {
  const folder = dirname(socket);
  const prefix = `${basename(socket)}.`;
  for (const name of namesIn(folder)) {
    if (!name.startsWith(prefix)) continue;
    const [, pid] = /^(?:before-)?(\d+)$/.exec(name.slice(prefix.length)) ?? [];
    if (pid === undefined || !isFree(Number(pid))) continue;
    const file = join(folder, name);
    if (isSocket(file)) rmSync(file, { force: true });
  }
}

/** Whether it is that process's socket, as far as its owner tells: root's commands look in a user's folder. */
function mayAnswer(path: string, pid: number): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSocket() === true && found.nlink === 1 && mayName(found.uid, pid);
}

/** Directors that answer there for what they still have, the youngest first: who finds them at its start comes
 *  after one that was killed, and could not name them to a successor. */
export function leftBeside(socket: string): readonly ProcessIdentity[] {
  const prefix = `${basename(socket)}.`;
  return namesIn(dirname(socket))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((pid) => /^\d+$/.test(pid) && mayAnswer(`${socket}.${pid}`, Number(pid)))
    .flatMap((pid) => (hasHandedOver(Number(pid)) ? (identify(Number(pid)) ?? []) : []))
    .sort((a, b) => Number(b.started) - Number(a.started));
}

export function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}

/** None where there is no such folder: whoever makes the socket says so. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
