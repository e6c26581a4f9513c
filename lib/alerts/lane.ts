import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../model/log.ts';
import type { Mail } from './mail.ts';
import { type Delivery, type Route, reasonOf } from './route.ts';

/** How hard a mail is tried. */
export interface Patience {
  /** Before the first attempt after a failure; doubled up to `longestMs` while it fails. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** A mail is given up after so many attempts. */
  readonly attempts: number;
}

/** Ten minutes in all: a mail server may be restarted in that time. */
export const PATIENCE: Patience = { firstMs: 5_000, longestMs: 60_000, attempts: 13 };

/** Mails that may wait; past it a new one is dropped. */
const LIMIT = 1_000;
/** Mails handed over in one connection. */
const BATCH = 100;

interface Waiting {
  readonly mail: Mail;
  attempts: number;
}

/** The mails that go one way, in order, one connection at a time. While that way is closed they
 *  wait, and nobody else does. */
export class Lane {
  readonly #route: Route;
  readonly #log: Log;
  readonly #patience: Patience;
  readonly #cut = new AbortController();
  readonly #said = new Set<string>();
  /** Mails taken; attempts that failed; mails refused or given up. */
  readonly counts = { sent: 0, failed: 0, dropped: 0 };
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #wake = new AbortController();
  #failures = 0;
  #problem: string | undefined;
  #closing = false;

  constructor(route: Route, log: Log, patience = PATIENCE) {
    this.#route = route;
    this.#log = log;
    this.#patience = patience;
  }

  /** Mails that wait, those under way included. */
  get pending(): number {
    return this.#queue.length;
  }

  /** Why the last attempt failed; undefined: it did not. */
  get problem(): string | undefined {
    return this.#problem;
  }

  push(mail: Mail): void {
    if (this.#queue.length >= LIMIT) {
      this.counts.dropped++;
      const { what, name } = this.#route;
      this.#sayOnce('full', `${what} dropped, ${LIMIT} are waiting: ${name}`);
      return;
    }
    this.#queue.push({ mail, attempts: 0 });
    this.#running ??= this.#run();
  }

  /** Ends a pause between two attempts. */
  hurry(): void {
    this.#wake.abort();
  }

  /** One last attempt at what waits. Settles when that is over. */
  async close(): Promise<void> {
    this.#closing = true;
    this.hurry();
    await this.#running;
  }

  /** Ends what runs at once. */
  cut(): void {
    this.#cut.abort(new Error('the director ends'));
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // mails of one turn of the event loop share a connection
    while (this.#queue.length > 0) {
      const failed = !(await this.#attempt());
      if (failed && this.#closing) break;
      if (failed) await this.#pause();
    }
    this.#running = undefined;
  }

  /** @returns whether the next attempt may follow at once */
  async #attempt(): Promise<boolean> {
    const batch = this.#queue.slice(0, BATCH);
    const open = new Set(batch);
    const sent = this.counts.sent;
    const told = (mail: Mail, delivery: Delivery) => {
      const waiting = batch.find((one) => one.mail === mail);
      if (!waiting || !open.delete(waiting)) return;
      // Behind the others: it may be what ends the connection each time.
      this.#forget(waiting);
      if (!this.#settle(waiting, delivery)) this.#queue.push(waiting);
    };
    let reason = 'it ended without a word';
    try {
      const mails = batch.map(({ mail }) => mail);
      await this.#route.send(mails, told, this.#cut.signal);
    } catch (error) {
      reason = reasonOf(error);
    }
    if (this.counts.sent > sent) {
      this.#failures = 0;
      // Theirs is still to come: some servers take but a few mails over one connection.
      if (open.size > 0) return true;
    }
    for (const waiting of open)
      if (this.#settle(waiting, { taken: false, again: true, reason }))
        this.#forget(waiting);
    if (!batch.some((one) => this.#queue.includes(one))) return true;
    this.#failures++;
    return false;
  }

  /** @returns whether the mail is done with */
  #settle(waiting: Waiting, delivery: Delivery): boolean {
    const { what, name } = this.#route;
    waiting.attempts++;
    if (delivery.taken) {
      this.counts.sent++;
      this.#mended();
      if (delivery.refused)
        this.#log.warn(`${what} refused for some: ${name}: ${delivery.refused}`);
      return true;
    }
    const { again, reason } = delivery;
    this.counts.failed++;
    this.#problem = `${name}: ${reason}`;
    if (again && waiting.attempts < this.#patience.attempts) {
      this.#sayOnce('failed', `failed to send ${what}: ${this.#problem}`);
      return false;
    }
    this.counts.dropped++;
    const why = again ? `given up after ${waiting.attempts} attempts` : 'refused';
    this.#sayOnce(why, `${what} dropped, ${why}: ${this.#problem}`);
    return true;
  }

  #forget(waiting: Waiting): void {
    this.#queue = this.#queue.filter((one) => one !== waiting);
  }

  #mended(): void {
    if (this.#said.size > 0)
      this.#log.info(`${this.#route.what} sent again: ${this.#route.name}`);
    this.#said.clear();
    this.#problem = undefined;
  }

  /** Once until it works again. */
  #sayOnce(kind: string, line: string): void {
    if (this.#said.has(kind)) return;
    this.#said.add(kind);
    this.#log.warn(line);
  }

  async #pause(): Promise<void> {
    const { firstMs, longestMs } = this.#patience;
    const ms = Math.min(firstMs * 2 ** (this.#failures - 1), longestMs);
    this.#wake = new AbortController();
    await delay(ms, undefined, { signal: this.#wake.signal }).catch(() => {});
  }
}
