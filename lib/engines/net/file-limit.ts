import { readFileSync } from 'node:fs';

/** Kept for checks, logs, the control socket and the runtime itself. */
const RESERVE = 100;
const LEAST = 8;
/** One to the client, one to the real server. */
const DESCRIPTORS = 2;

/** The process's soft limit of open files; Infinity where it cannot be read.
 *  @param proc where procfs is mounted */
export function fileLimit(proc: string): number {
  try {
    const text = readFileSync(`${proc}/self/limits`, 'latin1');
    const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(text) ?? [];
    return soft === undefined || soft === 'unlimited' ? Infinity : Number(soft);
  } catch {
    return Infinity;
  }
}

/** How many connections fit below the limit, beside the listeners. */
export function connectionCap(limit: number, listeners: number): number {
  const free = limit - RESERVE - listeners;
  return Math.max(LEAST, Math.floor(free / DESCRIPTORS));
}
