import type { CarriedQueue } from '../protocol.ts';
import type { QueueRecord } from '../table/queue-record.ts';
import type { Desk } from './desk.ts';
import type { RealServer } from './real-server.ts';
import type { Switchboard } from './switchboard.ts';
import type { Timed } from './timer-wheel.ts';
import type { Waiter } from './waiter.ts';

/** However a word got lost, who is first waits for no longer than this for a place that is free. */
const LOOK_MS = 100;
/** So many looks in a row there was a place, and who is first in another worker did not take it. */
const STUCK_LOOKS = 10;

interface Options {
  /** Its service's id. */
  readonly service: string;
  readonly switchboard: Switchboard;
  readonly record: QueueRecord;
  readonly desk: Pick<Desk, 'wheel' | 'tell'>;
  readonly worker: number;
}

/** The connections of one service that wait for a place in one worker: first in, first out. A place that
 *  becomes free in any worker is offered where somebody has waited longest, so that the order holds over
 *  all of them but for what comes within the time of a message. */
export class WaitingRoom implements Timed {
  deadline = 0;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot = -1;
  readonly #options: Options;
  readonly #waiting = new Set<Waiter>();
  #rules: CarriedQueue;
  #closed = false;
  #serving = false;
  #again = false;
  /** Who was first at the last look, in another worker, and took no place that was free; and for how
   *  many looks before. */
  #firstThen: number | undefined;
  #looks = 0;

  constructor(rules: CarriedQueue, options: Options) {
    this.#rules = rules;
    this.#options = options;
  }

  /** Whether who comes now is behind others, who wait in any worker. They take the places first that they can
   *  use; what is free then is of use to none of those here, and they hold nobody up. */
  goesFirst(): boolean {
    const { record, switchboard } = this.#options;
    if (record.waiting === 0) return false;
    if (!switchboard.hasPlace) return true;
    if (!this.#isFirst) return !(record.isPassed && record.isTogether);
    this.serve();
    return !switchboard.hasPlace;
  }

  /** Whether one that has ended its direction waits no more. */
  get abortsOnClose(): boolean {
    return this.#rules.abortOnClose;
  }

  /** Times and lengths hold for who comes next. */
  set rules(rules: CarriedQueue) {
    this.#rules = rules;
  }

  /** @returns how many were there before; undefined: it is full, or the service is carried no more */
  admit(waiter: Waiter): number | undefined {
    if (this.#closed) return undefined;
    const { record, desk, switchboard } = this.#options;
    const { most, timeoutMs } = this.#rules;
    switchboard.record.lock();
    const ticket = record.join(most);
    switchboard.record.unlock();
    if (!ticket) return undefined;
    waiter.number = ticket.number;
    desk.wheel.add(waiter, timeoutMs);
    if (this.#waiting.size === 0) desk.wheel.move(this, LOOK_MS);
    this.#waiting.add(waiter);
    return ticket.ahead;
  }

  /** It got a place, or gave up. Idempotent. */
  leave(waiter: Waiter): void {
    if (!this.#waiting.delete(waiter)) return;
    const { record, desk, switchboard } = this.#options;
    desk.wheel.remove(waiter);
    if (this.#waiting.size === 0) desk.wheel.remove(this);
    switchboard.record.lock();
    record.leave();
    const [first] = this.#waiting;
    if (first) record.first = first.number;
    switchboard.record.unlock();
  }

  /** A place of the service may have become free, here or where they say that somebody here has waited
   *  longest; who has by now is told. */
  freed(): void {
    const { record, worker, service, desk } = this.#options;
    if (record.waiting === 0) return;
    const { longest } = record;
    if (longest?.worker === worker) this.serve();
    else if (longest) desk.tell({ type: 'freed', service, worker: longest.worker });
  }

  /** Lets in whoever there is a place for, the longest waiting first. */
  serve(): void {
    this.#again = true;
    if (this.#serving) return;
    this.#serving = true;
    try {
      while (this.#again) {
        this.#again = false;
        this.#serveOnce();
      }
      this.#tellStays();
    } finally {
      this.#serving = false;
    }
  }

  expire(): void {
    if (this.#isFirst || this.#isPassedBy) this.serve();
    if (this.#waiting.size > 0) this.#options.desk.wheel.move(this, LOOK_MS);
  }

  /** Who is first elsewhere has been told of a place, and may be about to take it. If he does not, his
   *  worker is stuck. */
  get #isPassedBy(): boolean {
    const { record, switchboard } = this.#options;
    const first = switchboard.hasPlace ? record.longest?.number : undefined;
    if (first !== undefined && record.isPassed) return true;
    const isSame = first !== undefined && first === this.#firstThen;
    this.#looks = isSame ? this.#looks + 1 : 0;
    this.#firstThen = first;
    return this.#looks >= STUCK_LOOKS;
  }

  /** The service is carried no more. */
  close(): void {
    this.#closed = true;
    for (const waiter of [...this.#waiting]) waiter.refuse('down');
  }

  /** Who can use none of the places that there are stays, and others pass him. */
  #serveOnce(): void {
    const full = new Set<RealServer>();
    for (const waiter of this.#waiting) {
      if (waiter.wants && full.has(waiter.wants)) continue;
      const isServed = waiter.board();
      if (isServed && !this.#mayGoOn) this.#passOn();
      if (isServed ? !this.#mayGoOn : !this.#mayPass(waiter, full)) return;
    }
  }

  /** The first of all, who was looked at now, may be one who can use none of the places: then those in other
   *  workers need not wait for him. */
  #tellStays(): void {
    const { record, switchboard } = this.#options;
    const [first] = this.#waiting;
    if (!first || !this.#isFirst || !switchboard.hasPlace) return;
    switchboard.record.lock();
    record.stays = first.number;
    switchboard.record.unlock();
  }

  /** Whether others may be served though this one is not: he is held to a server, has tried some, or there are
   *  places that his scheduler has not for him, as those of other hashes. */
  #mayPass(waiter: Waiter, full: Set<RealServer>): boolean {
    waiter.wants = waiter.heldTo();
    if (waiter.wants) full.add(waiter.wants);
    const isChoosy = waiter.wants !== undefined || waiter.hasTried;
    return isChoosy || this.#options.switchboard.hasPlace;
  }

  /** To who is first now, if there are more places. */
  #passOn(): void {
    if (this.#options.switchboard.hasPlace) this.freed();
  }

  /** Whether no place is kept for who is first elsewhere. */
  get #mayGoOn(): boolean {
    return this.#isFirst || this.#options.record.isPassed;
  }

  /** Nobody in another worker has waited longer than the first one here. */
  get #isFirst(): boolean {
    const { record, worker } = this.#options;
    return record.longest?.worker === worker;
  }
}
