import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_INSTANCE } from './instance.ts';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to its start, as text. Source: proc(5), stat field 22. */
  readonly started: string;
}

/** @returns undefined when no such process is there, or only its zombie
 *  @throws  Error when that cannot be known, as where no descriptor is left */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readProc(pid, 'stat');
  // The second field is the name in parentheses, and may hold both blanks and parentheses.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const started = fields[18];
  if (started === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid, started };
}

/** Where that cannot be known it is: what others have is not taken from them by mistake. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  return identified(pid, started)?.started === started;
}

/** Whether nobody has that number any more. */
export function isFree(pid: number): boolean {
  return identified(pid, '') === undefined;
}

/** @param otherwise  when that one started of whom nothing can be known */
function identified(pid: number, otherwise: string): ProcessIdentity | undefined {
  try {
    return identify(pid);
  } catch {
    return { pid, started: otherwise };
  }
}

/** Polls, since only a parent is told of an end.
 *  @returns false when it is still there after `timeoutMs` */
export async function ended(
  process: ProcessIdentity,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(process)) {
    if (performance.now() >= deadline) return false;
    await delay(20);
  }
  return true;
}

const PROGRAM = /^(?:ldirectord|l4director)(?:\.[jt]s)?$/;

/** Whether the process is a director of that instance: ours, or the real ldirectord, so that
 *  the one can be stopped by the other. A process that merely reuses the number is not.
 *  @throws as {@link identify} */
export function isDirector(pid: number, instance: string): boolean {
  const args = readProc(pid, 'cmdline').split('\0');
  const program = args.findIndex((arg) => PROGRAM.test(basename(arg)));
  if (program < 0) return false;
  return (
    instance === DEFAULT_INSTANCE ||
    args.slice(program + 1).some((arg) => basename(arg) === instance)
  );
}

/** Whether it is known to be one: nobody is ended by mistake. */
export function isSurelyDirector(pid: number, instance: string): boolean {
  try {
    return isDirector(pid, instance);
  } catch {
    return false;
  }
}

/** What `ps` shows of a director that has handed over, and has connections open still. */
export const HANDED_OVER = 'l4director: handed over';

/** @throws as {@link identify} */
export function hasHandedOver(pid: number): boolean {
  return readProc(pid, 'cmdline').startsWith(HANDED_OVER);
}

/** The user that it runs as; undefined: it has ended. Source: proc(5), `Uid`.
 *  @throws as {@link identify} */
export function ownerOf(pid: number): number | undefined {
  const uid = /^Uid:\t(\d+)/m.exec(readProc(pid, 'status'))?.[1];
  return uid === undefined ? undefined : Number(uid);
}

/** Whether a file of that user may name that process: a user's names that user's processes alone, since root
 *  signals what it names. */
export function mayName(owner: number, pid: number): boolean {
  return owner === 0 || owner === ownerOf(pid);
}

/** It has ended; or it is another user's, which `hidepid` of /proc keeps from this one's eyes. */
const NOT_THERE: ReadonlySet<unknown> = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

/** @returns '' when it is not there */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_THERE.has(error.code))
      return '';
    throw error;
  }
}
