import type { ChildProcess } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, unlink } from 'node:fs/promises';
import { asOthers } from './as-others.ts';
import { endGroup } from './process-group.ts';

/** From SIGTERM to SIGKILL. */
const MERCY_MS = 1000;
/** In proc_pid_stat(5), counted from behind the program's name. */
const GROUP = 2;
const BEGAN = 19;

/** Programs that must not outlive this process, with the times at which they began, in a file: a process that is
 *  killed ends none of them, and the next run does it for it. No file: none runs. A script that has ended stands there no more, so what
 *  it has left, Apache say, goes on. */
export class Programs {
  readonly #file: string | undefined;
  readonly #running = new Map<number, string>();

  /** @param file  on a file system in memory, for it is written at each start and end of a program; undefined: none
   *               is written */
  constructor(file?: string) {
    this.#file = file;
  }

  /** Called at once when it was started.
   *  @param child  the leader of a process group of its own */
  add(child: ChildProcess): void {
    const { pid } = child;
    const began = pid === undefined ? undefined : leaderSince(pid);
    if (pid === undefined || began === undefined) return;
    asOthers(pid);
    this.#running.set(pid, began);
    this.#write();
    child.once('exit', () => {
      this.#running.delete(pid);
      this.#write();
    });
  }

  #write(): void {
    if (this.#file === undefined) return;
    const text = [...this.#running].map((line) => `${line.join(' ')}\n`).join('');
    try {
      if (text === '') {
        rmSync(this.#file, { force: true });
        return;
      }
      writeFileSync(`${this.#file}.new`, text, { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
    } catch {
      // A full disk is no reason to leave resources where they are.
    }
  }
}

/** Ends what a run that was killed has left of its programs, each with its group.
 *  @returns  what is gone, in words */
export async function endLeftPrograms(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'latin1').catch(() => '');
  const left = text
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([pid, began]) => began !== undefined && leaderSince(Number(pid)) === began)
    .map(([pid]) => Number(pid));
  const words = left.map(
    (pid) => `${commandOf(pid)} ran still, left by an earlier run: it is ended`,
  );
  await Promise.all(left.map((pid) => endGroup(pid, MERCY_MS)));
  await unlink(file).catch(() => {});
  return words;
}

/** When it began, in the kernel's ticks, which no other process of that number has; undefined: it is not there, or
 *  leads no group. */
function leaderSince(pid: number): string | undefined {
  const text = readProc(pid, 'stat');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[GROUP] === String(pid) ? fields[BEGAN] : undefined;
}

function commandOf(pid: number): string {
  return readProc(pid, 'cmdline').replaceAll('\0', ' ').trim().slice(0, 200);
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return ''; // It has ended.
  }
}
