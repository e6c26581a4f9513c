import { readFileSync } from 'node:fs';
import type { ServiceTable } from '../../model/engine.ts';
import type { Admission } from './admission.ts';
import type { NetOptions } from './net-options.ts';
import type { NoticeKind } from './protocol.ts';

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

/** What workers say when somebody was kept out by it. */
const OF_FILES: ReadonlySet<NoticeKind> = new Set(['full', 'sessions', 'accept']);
/** Between two looks at the limit for those who were refused. */
const LOOK_MS = 1000;

/** Holds what may be open at once to the limit of open files, which an operator may change in a
 *  process that runs: prlimit(1). */
export class FileBound {
  readonly #admission: Pick<Admission, 'limit'>;
  readonly #workers: number;
  readonly #proc: string;
  readonly #most: number;
  readonly #clock: () => number;
  #others = 0;
  #lookedAt = -Infinity;

  /** @param clock  milliseconds, monotonic */
  constructor(
    admission: Pick<Admission, 'limit'>,
    workers: number,
    { proc = '/proc', maxConnections = Infinity }: NetOptions,
    clock: () => number = () => performance.now(),
  ) {
    this.#admission = admission;
    this.#workers = workers;
    this.#proc = proc;
    this.#most = maxConnections;
    this.#clock = clock;
  }

  /** For that table from now on. */
  expect(table: ServiceTable): void {
    this.#others = descriptorsOf(table, this.#workers);
    this.#look();
  }

  /** What a worker says: where the limit keeps somebody out, it may be another one by now. */
  hear(kind: NoticeKind): void {
    if (!OF_FILES.has(kind) || this.#clock() - this.#lookedAt < LOOK_MS) return;
    this.#look();
  }

  #look(): void {
    this.#lookedAt = this.#clock();
    const cap = connectionCap(fileLimit(this.#proc), this.#others);
    this.#admission.limit = Math.min(cap, this.#most);
  }
}
