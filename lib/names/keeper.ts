import type { Config } from '../config/config.ts';
import type { Log } from '../model/log.ts';
import type { LeftAnswer, NameStatus } from '../model/name-status.ts';
import { reasonOf } from '../model/reason.ts';
import { same } from '../model/same.ts';
import type { Asker } from './asker.ts';
import { answered, type Held, sameRecords, unanswered, unasked } from './held.ts';
import { end, type Kept, openOf, recordsOf, statusOf } from './kept.ts';
import { changeLines, problemLine } from './lines.ts';
import { putInForce } from './put-in-force.ts';
import { type Question, questionKey } from './question.ts';
import { type Known, questionsOf, takenOver, withServers } from './servers.ts';
import { Waits } from './waits.ts';

/** What answers within that time bring about is done together. */
const TOGETHER_MS = 20;

export interface KeeperParties {
  readonly asker: Pick<Asker, 'ask'>;
  /** Servers have come or gone, outside of {@link NameKeeper.follow}. */
  readonly changed: () => void;
  /** Answers are other ones than before. */
  readonly learned: () => void;
  readonly log: Log;
  /** Monotonic, milliseconds. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Keeps the answers to all questions that a config has: asks each again when its answer has lived its time,
 *  one at a time of each. Disposing ends what is on its way. */
export class NameKeeper implements Disposable {
  readonly #parties: KeeperParties;
  readonly #kept = new Map<string, Kept>();
  readonly #left: Map<string, LeftAnswer>;
  #config: Config | undefined;
  /** As it was given out last, with its servers. */
  #given: Config | undefined;
  /** Reloads that wait for first answers. */
  readonly #waits = new Waits();
  #isClosed = false;
  #turn: NodeJS.Timeout | undefined;
  /** What the next turn has to do. */
  #due = { questions: false, servers: false };
  /** Ends the time for which SRV records are held back. */
  #limit: NodeJS.Timeout | undefined;
  /** Of the reserve, that names have as real servers: it was told. */
  #takenOver: ReadonlySet<string> = new Set();

  /** @param left  what an earlier run knew: in force until there is an answer */
  constructor(parties: KeeperParties, left: readonly LeftAnswer[]) {
    this.#parties = parties;
    this.#left = new Map(left.map((answer) => [questionKey(answer), answer]));
  }

  /** From now on these are the names. Settles when each of them was asked once and had an answer or none, or
   *  when that took too long.
   *  @returns the config with the servers that are known by then */
  async follow(config: Config, patienceMs: number): Promise<Config> {
    const before = this.#config?.options.dns;
    const isOther = before !== undefined && !same(before, config.options.dns);
    // A reload does not wait for what the one before has waited for.
    const old = isOther ? new Set<string>() : new Set(this.#unsettled());
    this.#config = config;
    this.#converge();
    if (before) this.#askAgain(isOther);
    await this.#waits.until(
      this.#unsettled().filter((key) => !old.has(key)),
      patienceMs,
    );
    this.#putInForce(true);
    this.#converge();
    return this.#withServers(config);
  }

  /** The config that was followed last, with the servers that are known now. */
  get current(): Config | undefined {
    return this.#config && this.#withServers(this.#config);
  }

  /** What the next run may begin with. */
  left(): readonly LeftAnswer[] {
    return [...this.#kept.values()].flatMap(({ question, held }) => {
      const { answeredAt } = held;
      if (answeredAt === undefined) return [];
      return [{ ...question, records: recordsOf(held), answeredAt }];
    });
  }

  status(): readonly NameStatus[] {
    const now = this.#parties.now();
    return [...this.#kept.values()].map((kept) => statusOf(kept, now));
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const kept of this.#kept.values()) end(kept);
    clearTimeout(this.#turn);
    clearTimeout(this.#limit);
    this.#waits.end();
  }

  /** As the last answers say. */
  readonly #said: Known = (question) => {
    const kept = this.#kept.get(questionKey(question));
    return kept && recordsOf(kept.held);
  };

  /** As they are in force. */
  readonly #known: Known = (question) => {
    const kept = this.#kept.get(questionKey(question));
    return question.type === 'SRV' ? kept?.inForce : kept && recordsOf(kept.held);
  };

  #withServers(config: Config): Config {
    this.#given = withServers(config, this.#known, this.#given);
    const taken = new Set(takenOver(config, this.#given));
    for (const line of taken)
      if (!this.#takenOver.has(line)) this.#parties.log.warn(line);
    this.#takenOver = taken;
    return this.#given;
  }

  #unsettled(): readonly string[] {
    return [...this.#kept].flatMap(([key, { held }]) => (held.isSettled ? [] : [key]));
  }

  /** Asks what is new, and forgets what nobody wants to know any more. */
  #converge(): void {
    if (!this.#config || this.#isClosed) return;
    const wanted = new Map<string, Question>();
    // What an SRV record leads to is known at once where an earlier run has left it.
    for (let before = -1; wanted.size > before; ) {
      before = wanted.size;
      for (const question of this.#questions(this.#config)) {
        const key = questionKey(question);
        wanted.set(key, question);
        if (!this.#kept.has(key)) this.#begin(key, question);
      }
    }
    for (const [key, kept] of this.#kept) {
      if (wanted.has(key)) continue;
      end(kept);
      this.#kept.delete(key);
    }
  }

  /** Those that the last answers lead to, and those that are in force. */
  #questions(config: Config): readonly Question[] {
    return [this.#said, this.#known].flatMap((known) => questionsOf(config, known));
  }

  /** Whoever reloads has mended something: what failed is not waited for, and of other name servers all is
   *  asked. */
  #askAgain(all: boolean): void {
    for (const kept of this.#kept.values()) {
      if (!all && (kept.held.failed === 0 || kept.asking)) continue;
      end(kept);
      if (all) kept.held = { ...kept.held, isSettled: false };
      void this.#ask(kept);
    }
  }

  #begin(key: string, question: Question): void {
    const left = this.#left.get(key);
    this.#left.delete(key);
    const held = unasked(left?.records, left?.answeredAt);
    const kept: Kept = {
      question,
      held,
      inForce: [],
      heldBackSince: undefined,
      timer: undefined,
      asking: undefined,
    };
    this.#kept.set(key, kept);
    void this.#ask(kept);
  }

  async #ask(kept: Kept): Promise<void> {
    const { asker, now, random } = this.#parties;
    const dns = this.#config?.options.dns;
    if (!dns) return;
    const asking = new AbortController();
    kept.asking = asking;
    const before = kept.held;
    let held: Held;
    try {
      const answer = await asker.ask(kept.question, dns, asking.signal);
      const bounds = this.#config?.options.dns ?? dns;
      held = answered(before, answer, { now: now(), wall: Date.now() }, bounds);
    } catch (error) {
      const why = reasonOf(error);
      held = unanswered(before, why, { now: now(), wall: Date.now() }, random());
    }
    if (asking.signal.aborted) return;
    kept.asking = undefined;
    this.#take(kept, before, held);
  }

  #take(kept: Kept, before: Held, held: Held): void {
    const { now, learned } = this.#parties;
    kept.held = held;
    const wait = Math.max(1, Math.ceil(held.due - now()));
    kept.timer = setTimeout(() => void this.#ask(kept), wait);
    this.#tell(kept.question, before, held);
    const isNew = !sameRecords(before, held);
    const isTold = isNew || !before.isSettled;
    if (isTold) learned();
    if (!isTold && before.failed > 0 === held.failed > 0) return;
    if (isNew) this.#due[kept.question.type === 'SRV' ? 'questions' : 'servers'] = true;
    this.#turn ??= setTimeout(() => this.#takeTurn(), TOGETHER_MS);
  }

  /** Draws the consequences of the answers since the last time. */
  #takeTurn(): void {
    const { questions, servers } = this.#due;
    this.#due = { questions: false, servers: false };
    clearTimeout(this.#turn);
    this.#turn = undefined;
    if (questions) this.#converge();
    const hasMoved = this.#putInForce(false);
    if (hasMoved) this.#converge();
    // Whoever waits has it all in a moment.
    if (this.#waits.any) this.#waits.settle((key) => openOf(key, this.#kept));
    else if (hasMoved || servers) this.#parties.changed();
  }

  /** Half of what SRV records lead to would be half of the servers: these wait for a while, and no other name
   *  does with them.
   *  @param isLast  those of which nothing counts yet do not wait
   *  @returns       whether others count now */
  #putInForce(isLast: boolean): boolean {
    clearTimeout(this.#limit);
    const { hasMoved, waitMs } = putInForce(this.#kept, this.#parties.now(), isLast);
    if (waitMs !== undefined && !this.#isClosed)
      this.#limit = setTimeout(() => this.#takeTurn(), waitMs);
    return hasMoved;
  }

  #tell(question: Question, before: Held, held: Held): void {
    const { log } = this.#parties;
    for (const line of changeLines(question, before, held)) log.info(line);
    const problem = problemLine(question, before, held);
    if (problem !== undefined) log[held.problem ? 'warn' : 'info'](problem);
  }
}
