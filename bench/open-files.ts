import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const WANTED = 131_072;

/** Raises the limit of open files as far as is permitted, for this process and all that it starts
 *  from now on.
 *  @returns connections that a proxy can carry at once with it */
export function raiseOpenFiles(): number {
  const ours = ['--pid', String(process.pid)];
  for (const limit of [`${WANTED}:${WANTED}`, `${hardLimit()}:`])
    if (spawnSync('prlimit', [...ours, `--nofile=${limit}`]).status === 0) break;
  return roomIn(hardLimit());
}

/** Two ends of a connection, and HAProxy wants to be able to open a pipe for every fourth. */
const DESCRIPTORS_EACH = 2.5;

/** Connections for a limit of open files: a tenth, at most 1,000, is for listeners and logs. */
export function roomIn(limit: number): number {
  return Math.floor((limit - Math.min(1000, limit / 10)) / DESCRIPTORS_EACH);
}

/** Source: proc(5), "Max open files  SOFT  HARD  files". */
function hardLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  return Number(/^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1] ?? 1024);
}
