import type { Message } from '../wire/message.ts';
import { Handover } from './handover.ts';
import { flip, type Hold, has, minus, plus } from './hold.ts';

/** What is to be done. */
export type Action =
  /** To everybody; its sender's fields are still to be added. */
  | { readonly type: 'send'; readonly message: Message }
  /** Scripts, and then {@link Ownership.acquired}. */
  | { readonly type: 'acquire'; readonly hold: Hold }
  /** Scripts, and then {@link Ownership.released}. */
  | { readonly type: 'release'; readonly hold: Hold }
  | {
      readonly type: 'log';
      readonly level: 'info' | 'warn' | 'error';
      readonly text: string;
    }
  /** Everything is given up: this node may go. */
  | { readonly type: 'gone' };

/** What the other node says of resources. */
export interface Heard {
  /** `starting`, `resource`, `ask_resources`, `hb_takeover`, `shutdone`. */
  readonly type: string;
  readonly hold: Hold | undefined;
  /** `rtype=full`: it has that and nothing else. */
  readonly isFull: boolean;
  readonly isStable: boolean | undefined;
  readonly info: string | undefined;
}

export interface OwnershipOptions {
  readonly autoFailback: boolean;
  /** The names of both nodes, for the log. */
  readonly self: string;
  readonly other: string;
}

type Phase = 'init' | 'starting' | 'both-starting' | 'received' | 'stable' | 'shutdown';

/** After the other node began too, so long nobody takes anything. */
const SETTLE_MS = 10_000;
/** Between two attempts to give back. */
const RETRY_MS = 1000;

/** Which groups this node has, and how they go from one node to the other, as Heartbeat does with
 *  `auto_failback on` and `off`. It does nothing by itself: what happens comes in, what is to be done goes
 *  out, and {@link nextAt} says when time alone is an event. All times are milliseconds, monotonic.
 *  Source: observed on Heartbeat 3.0.6. */
export class Ownership {
  readonly #options: OwnershipOptions;
  #phase: Phase = 'init';
  readonly #move = new Handover();
  #mine: Hold = 'none';
  /** In the other node's words. */
  #others: Hold = 'none';
  #otherIsStable = false;
  #otherIsThere = false;
  #needsFailback = false;
  #settleAt = Number.POSITIVE_INFINITY;
  #failbackAt = Number.POSITIVE_INFINITY;
  #actions: Action[] = [];

  constructor(options: OwnershipOptions) {
    this.#options = options;
  }

  get mine(): Hold {
    return this.#mine;
  }

  /** `transition` while anything is under way: the words of `cl_status rscstatus`. */
  get word(): Hold | 'transition' {
    return this.isStable ? this.#mine : 'transition';
  }

  get isStable(): boolean {
    return (
      this.#phase === 'stable' && this.#move.step === 'none' && this.#otherIsStable
    );
  }

  get nextAt(): number {
    return Math.min(this.#settleAt, this.#move.endAt, this.#failbackAt);
  }

  /** Of both nodes it is known whether they are there. */
  begin(otherIsThere: boolean, now: number): readonly Action[] {
    this.#otherIsThere = otherIsThere;
    this.#phase = 'starting';
    this.#send('starting');
    if (!otherIsThere) this.#takeOver(now);
    return this.#flush();
  }

  hear(heard: Heard, now: number): readonly Action[] {
    const known: Readonly<Record<string, (heard: Heard, now: number) => void>> = {
      starting: (_, at) => this.#otherStarts(at),
      resource: (word, at) => this.#otherHas(word, at),
      ask_resources: (word, at) => this.#asked(word, at),
      hb_takeover: ({ hold = 'all' }, at) => this.#offer(flip(hold), at),
      shutdone: (_, at) => this.#otherLeft(at),
    };
    if (this.#phase !== 'init' && Object.hasOwn(known, heard.type))
      known[heard.type]?.(heard, now);
    return this.#flush();
  }

  /** The other node is dead. */
  died(now: number): readonly Action[] {
    this.#otherIsThere = false;
    if (this.#phase === 'init' || this.#phase === 'shutdown') return [];
    this.#needsFailback = true;
    this.#move.end();
    if (this.#mine === 'all' && this.#others === 'none') this.#otherIsStable = true;
    else this.#takeOver(now);
    return this.#flush();
  }

  /** `hb_standby`: gives these groups to the other node. */
  standby(hold: Hold, now: number): readonly Action[] {
    this.#offer(hold, now);
    return this.#flush();
  }

  /** The scripts of an `acquire` have ended.
   *  @param failed  groups of which nothing runs */
  acquired(hold: Hold, failed: Hold, now: number): readonly Action[] {
    this.#mine = minus(this.#mine, failed);
    if (this.#move.step === 'taking') this.#tookOver(hold, now);
    else this.#tell(this.#phase === 'stable', 'req_our_resources()');
    return this.#flush();
  }

  /** The scripts of a `release` have ended. */
  released(_hold: Hold, now: number): readonly Action[] {
    if (this.#phase === 'shutdown') {
      this.#actions.push({
        type: 'send',
        message: [
          ['t', 'shutdone'],
          ['st', 'dead'],
        ],
      });
      this.#actions.push({ type: 'gone' });
    } else if (this.#move.step === 'giving') {
      this.#move.proceed('given', now);
      this.#ask('done');
    }
    return this.#flush();
  }

  /** Gives everything up, for this node goes. To be called when {@link isStable}, or when that takes too long. */
  shutDown(): readonly Action[] {
    this.#phase = 'shutdown';
    this.#mine = 'none';
    this.#move.end();
    this.#settleAt = Number.POSITIVE_INFINITY;
    this.#failbackAt = Number.POSITIVE_INFINITY;
    this.#tell(false, 'shutdown');
    this.#actions.push({ type: 'release', hold: 'all' });
    return this.#flush();
  }

  /** Time has gone on. */
  look(now: number): readonly Action[] {
    if (this.#settleAt <= now) this.#settle();
    if (this.#move.endAt <= now) this.#moveTimedOut();
    if (this.#failbackAt <= now) this.#failBack(now);
    return this.#flush();
  }

  #otherStarts(now: number): void {
    this.#otherIsThere = true;
    this.#otherIsStable = false;
    if (this.#phase === 'starting') this.#phase = 'both-starting';
    this.#tell(this.#phase === 'stable');
    this.#receive(now);
  }

  /** The first word of resources, be it this node's own. */
  #receive(now: number): void {
    if (this.#phase !== 'starting' && this.#phase !== 'both-starting') return;
    this.#phase = 'received';
    this.#settleAt = now + SETTLE_MS;
  }

  #otherHas({ hold, isFull, isStable }: Heard, now: number): void {
    if (hold !== undefined)
      this.#others = isFull || hold === 'none' ? hold : plus(this.#others, hold);
    this.#receive(now);
    if (isStable !== undefined) this.#otherSettled(isStable, now);
    const isOpen = this.#phase !== 'stable' && this.#phase !== 'shutdown';
    if (!isOpen || !this.#otherIsStable) return;
    this.#acquireOwn(false);
    this.#phase = 'stable';
    this.#settleAt = Number.POSITIVE_INFINITY;
    this.#tell(true);
    this.#planFailback(now);
  }

  #otherSettled(isStable: boolean, now: number): void {
    const before = this.#otherIsStable;
    this.#otherIsStable = isStable;
    if (!isStable || before) return;
    this.#log('info', 'remote resource transition completed.');
    this.#tell(this.#phase === 'stable');
    this.#planFailback(now);
  }

  /** Both began from nothing, and none of them had anything. */
  #settle(): void {
    this.#settleAt = Number.POSITIVE_INFINITY;
    if (this.#phase !== 'received') return;
    this.#phase = 'stable';
    this.#log('info', 'local resource transition completed.');
    this.#acquireOwn(false);
    this.#tell(true);
  }

  #acquireOwn(force: boolean): void {
    const isHad = has(this.#others, 'foreign') || has(this.#mine, 'local');
    if (isHad && !force && this.#move.step === 'none') return;
    if (has(this.#mine, 'local')) return;
    this.#mine = plus(this.#mine, 'local');
    this.#actions.push({ type: 'acquire', hold: 'local' });
  }

  #takeOver(now: number): void {
    const { other } = this.#options;
    this.#log('info', `Resources being acquired from ${other}.`);
    const missing = minus('all', this.#mine);
    this.#mine = 'all';
    this.#others = 'none';
    this.#otherIsStable = true;
    if (missing !== 'none') this.#actions.push({ type: 'acquire', hold: missing });
    this.#receive(now);
  }

  #otherLeft(now: number): void {
    this.#log('info', `Received shutdown notice from '${this.#options.other}'.`);
    this.#others = 'none';
    this.#otherIsThere = false;
    this.#needsFailback = true;
    this.#move.end();
    if (this.#phase !== 'shutdown') this.#takeOver(now);
  }

  #planFailback(now: number): void {
    if (this.#failbackAt === Number.POSITIVE_INFINITY) this.#failBack(now);
  }

  /** What is the other node's goes back to it, once nothing else is under way. */
  #failBack(now: number): void {
    this.#failbackAt = Number.POSITIVE_INFINITY;
    const isWanted =
      this.#options.autoFailback &&
      this.#needsFailback &&
      this.#otherIsThere &&
      has(this.#mine, 'foreign') &&
      this.#phase !== 'shutdown';
    if (!isWanted) return;
    if (this.isStable) this.#offer('foreign', now);
    else this.#failbackAt = now + RETRY_MS;
  }

  #offer(hold: Hold, now: number): void {
    if (!this.isStable || !this.#otherIsThere) {
      this.#log(
        'warn',
        `standby [${hold}] ignored: something else is under way, or ${this.#options.other} is not there`,
      );
      return;
    }
    this.#log('info', `${this.#options.self} wants to go standby [${hold}]`);
    this.#move.begin('offered', hold, now);
    this.#otherIsStable = false;
    this.#ask('me');
  }

  #asked({ hold, info }: Heard, now: number): void {
    if (info === 'me' && hold !== undefined) this.#offered(hold, now);
    else if (info === 'other' && this.#move.step === 'offered') this.#give(now);
    else if (info === 'done' && this.#move.step === 'taking') this.#take();
    else if (info === 'done' && this.#move.step === 'given') this.#gave(now);
  }

  #offered(hold: Hold, now: number): void {
    if (!this.isStable) {
      this.#log('info', 'standby message ignored: resources are in flux');
      return;
    }
    this.#log('info', `${this.#options.other} wants to go standby [${hold}]`);
    this.#move.begin('taking', hold, now);
    this.#otherIsStable = false;
    this.#ask('other');
  }

  #give(now: number): void {
    const { other } = this.#options;
    this.#log('info', `standby: ${other} can take our ${this.#move.hold} resources`);
    this.#move.proceed('giving', now);
    this.#mine = minus(this.#mine, this.#move.hold);
    this.#tell(false, 'standby');
    this.#actions.push({ type: 'release', hold: this.#move.hold });
  }

  #take(): void {
    this.#log(
      'info',
      `standby: acquire [${this.#move.hold}] resources from ${this.#options.other}`,
    );
    this.#actions.push({ type: 'acquire', hold: flip(this.#move.hold) });
  }

  #tookOver(hold: Hold, now: number): void {
    this.#ask('done');
    this.#mine = plus(this.#mine, hold);
    this.#move.end();
    this.#tell(true);
    this.#planFailback(now);
  }

  #gave(now: number): void {
    this.#needsFailback = false;
    this.#move.end();
    this.#log('info', `Standby resource acquisition done [${this.#move.hold}].`);
    this.#tell(true);
    this.#planFailback(now);
  }

  #moveTimedOut(): void {
    const text =
      this.#move.step === 'offered'
        ? 'No reply to standby request. Standby request cancelled.'
        : 'Standby took too long: it is given up.';
    this.#log('warn', text);
    this.#move.end();
    this.#otherIsStable = true;
  }

  #ask(info: string): void {
    this.#send('ask_resources', ['rsc_hold', this.#move.hold], ['info', info]);
  }

  #tell(isStable: boolean, info?: string): void {
    const fields: Message = [
      ['rsc_hold', this.#mine],
      ['rtype', 'full'],
      ['isstable', isStable ? '1' : '0'],
    ];
    this.#send(
      'resource',
      ...fields,
      ...(info === undefined ? [] : [['info', info] as const]),
    );
  }

  #send(type: string, ...fields: Message): void {
    this.#actions.push({ type: 'send', message: [['t', type], ...fields] });
  }

  #log(level: 'info' | 'warn' | 'error', text: string): void {
    this.#actions.push({ type: 'log', level, text });
  }

  #flush(): readonly Action[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }
}
