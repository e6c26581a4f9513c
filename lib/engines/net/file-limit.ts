import { readFileSync } from 'node:fs';
import type { ServiceTable } from '../../model/engine.ts';

/** Kept for logs, the control socket and the runtime itself. */
const RESERVE = 100;
const LEAST = 8;
/** Of a thread's event loop: five were observed. */
const THREAD = 8;
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

/** Descriptors that the table takes beside its connections: a listener in each worker, one a real
 *  server, for its check, and those of further threads. All checks may hang at once. */
export function descriptorsOf(table: ServiceTable, workers = 1): number {
  const threads = (workers - 1) * THREAD;
  return table.reduce(
    (sum, { service }) => sum + workers + service.reals.length,
    threads,
  );
}

/** How many connections fit below the limit, beside the table's other descriptors. */
export function connectionCap(limit: number, others: number): number {
  const free = limit - RESERVE - others;
  return Math.max(LEAST, Math.floor(free / DESCRIPTORS));
}
