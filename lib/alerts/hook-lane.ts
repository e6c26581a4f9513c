import { setTimeout as delay } from 'node:timers/promises';
import type { Hook } from './hook.ts';
import type { HookTally } from './hook-tally.ts';
import type { Message } from './message.ts';

/** Messages that may wait in a lane, and in all lanes together. */
export const MOST_WAITING = 1_000;
export const MOST_IN_ALL = 10_000;
/** What a lane may have whatever the others have: a dead receiver costs no one else a message. */
export const ALWAYS = 10;

/** The pause after a failure, doubled up to the longest while attempts fail. */
export interface Pauses {
  readonly firstMs: number;
  readonly longestMs: number;
}

const PAUSES: Pauses = { firstMs: 1_000, longestMs: 60_000 };

/** How many messages wait in all lanes. */
export interface Share {
  waiting: number;
}

interface Waiting {
  readonly message: Message;
  /** On the monotonic clock. */
  readonly since: number;
}

/** What one service has to tell on one hook, in order, one attempt at a time. While the receiver is dead it
 *  waits, and nothing else does. */
export class HookLane {
  #hook: Hook;
  readonly #tally: HookTally;
  readonly #share: Share;
  readonly #pauses: Pauses;
  readonly #queue: Waiting[] = [];
  readonly #cut = new AbortController();
  /** The first in the queue is under way. */
  #sending = false;
  #running: Promise<void> | undefined;
  #wake = new AbortController();
  #failures = 0;
  #closing = false;

  constructor(hook: Hook, tally: HookTally, share: Share, pauses = PAUSES) {
    this.#hook = hook;
    this.#tally = tally;
    this.#share = share;
    this.#pauses = pauses;
  }

  /** Messages that wait, the one under way included. */
  get pending(): number {
    return this.#queue.length;
  }

  get #most(): number {
    return this.#share.waiting >= MOST_IN_ALL ? ALWAYS : MOST_WAITING;
  }

  /** From now on it goes there, also what waits, which is tried at once. */
  follow(hook: Hook): void {
    this.#hook = hook;
    this.#failures = 0;
    this.#wake.abort();
  }

  /** Returns at once. Where too much waits, the oldest gives way: the last state is worth most. */
  push(message: Message): void {
    if (this.#queue.length >= this.#most) {
      const [oldest] = this.#queue.splice(this.#sending ? 1 : 0, 1);
      this.#tally.dropped(this.#hook.name, 'too many wait');
      if (oldest) this.#share.waiting--;
    }
    this.#share.waiting++;
    this.#queue.push({ message, since: performance.now() });
    this.#running ??= this.#run();
  }

  /** Settles when nothing waits any more. */
  async drained(): Promise<void> {
    await this.#running;
  }

  /** Goes on until an attempt fails. Settles when that is over. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#wake.abort();
    await this.#running;
    if (this.#queue.length === 0) return;
    for (const _ of this.#queue)
      this.#tally.dropped(this.#hook.name, 'the director ends');
    this.#share.waiting -= this.#queue.length;
    this.#queue.length = 0;
  }

  /** Ends what runs at once. */
  cut(): void {
    this.#cut.abort(new Error('the director ends'));
  }

  async #run(): Promise<void> {
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      if (this.#leftMs(first) <= 0) {
        const seconds = Math.round(this.#hook.keepMs / 1000);
        this.#drop(`not within ${seconds} s`);
        continue;
      }
      this.#wake = new AbortController(); // also for what comes while it is under way
      const waitMs = await this.#attempt(first);
      if (waitMs === undefined) continue;
      if (this.#closing) break;
      await this.#pause(Math.min(waitMs, this.#leftMs(first)));
    }
    this.#running = undefined;
  }

  /** @returns how long to wait until the next one; undefined: the message is done with */
  async #attempt({ message }: Waiting): Promise<number | undefined> {
    const { name } = this.#hook;
    this.#sending = true;
    const attempt = await this.#hook.send(message, this.#cut.signal);
    this.#sending = false;
    if (attempt.taken) {
      this.#failures = 0;
      this.#tally.sent(name);
      this.#shift();
      return undefined;
    }
    const { again, reason, waitMs = 0 } = attempt;
    this.#tally.failed(name, reason, again && !this.#closing);
    if (again) return Math.max(this.#backOff(), waitMs);
    this.#drop(reason);
    return undefined;
  }

  /** With jitter: what failed together is not tried again together. */
  #backOff(): number {
    const { firstMs, longestMs } = this.#pauses;
    const ms = Math.min(firstMs * 2 ** this.#failures++, longestMs);
    return ms * (0.75 + Math.random() / 2);
  }

  #leftMs({ since }: Waiting): number {
    return since + this.#hook.keepMs - performance.now();
  }

  #drop(why: string): void {
    this.#shift();
    this.#tally.dropped(this.#hook.name, why);
  }

  #shift(): void {
    this.#queue.shift();
    this.#share.waiting--;
  }

  async #pause(ms: number): Promise<void> {
    await delay(Math.max(ms, 0), undefined, { signal: this.#wake.signal }).catch(
      () => {},
    );
  }
}
