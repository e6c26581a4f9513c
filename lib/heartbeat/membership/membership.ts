import { type Happening, Member, type Patience, type Word } from './member.ts';

export interface MembershipOptions extends Patience {
  /** All but this one. */
  readonly others: readonly string[];
  /** Whose silence is borne for another time: hosts that are pinged. */
  readonly pings: readonly string[];
  readonly pingDeadAfterMs: number;
  /** Before communication is up, for everybody. */
  readonly initDeadAfterMs: number;
  /** When this node began, on the clock of all calls: milliseconds, monotonic. */
  readonly startedAt: number;
}

/** Who is there. Source: observed on Heartbeat 3.0.6. */
export class Membership {
  readonly #members: ReadonlyMap<string, Member>;
  readonly #options: MembershipOptions;
  #isUp = false;

  constructor(options: MembershipOptions) {
    const { others, pings, pingDeadAfterMs, lateAfterMs } = options;
    const ping = { deadAfterMs: pingDeadAfterMs, lateAfterMs };
    this.#options = options;
    this.#members = new Map([
      ...others.map((name) => [name, new Member(name, options)] as const),
      ...pings.map((name) => [name, new Member(name, ping)] as const),
    ]);
  }

  /** Of each node it is known whether it is there. */
  get isUp(): boolean {
    return this.#isUp;
  }

  of(name: string): Member | undefined {
    return this.#members.get(name);
  }

  get all(): readonly Member[] {
    return [...this.#members.values()];
  }

  get alive(): readonly Member[] {
    return this.all.filter(({ isThere }) => isThere);
  }

  /** @param name  of a member */
  hear(name: string, word: Word, now: number): Happening[] {
    const happened = this.#members.get(name)?.hear(word, now) ?? [];
    return [...happened, ...this.#rise()];
  }

  /** A member has sent something, of that run. */
  begin(name: string, generation: number, now: number): Happening[] {
    return this.#members.get(name)?.begin(generation, now) ?? [];
  }

  /** Hosts that are pinged have answered.
   *  @param name  of the member */
  pinged(name: string, now: number): Happening[] {
    if (!this.#options.pings.includes(name)) return [];
    const happened = this.#members.get(name)?.answer(now) ?? [];
    return [...happened, ...this.#rise()];
  }

  /** How many of those that are pinged answer. */
  get reached(): number {
    return this.#options.pings.filter((name) => this.of(name)?.isThere).length;
  }

  /** This node stood still: nobody is dead before that time for what it has not heard meanwhile. */
  excuse(until: number): void {
    for (const member of this.#members.values()) member.excuse(until);
  }

  /** Declares dead who was silent for too long. To be called when {@link nextAt} is over, or before. */
  look(now: number): Happening[] {
    const dead = [...this.#members.values()].filter(
      (one) => this.#deadAtOf(one) <= now,
    );
    return [...dead.flatMap((member) => member.die()), ...this.#rise()];
  }

  /** When somebody may be dead, if nobody is heard until then. */
  get nextAt(): number {
    return Math.min(...[...this.#members.values()].map((one) => this.#deadAtOf(one)));
  }

  /** Until communication is up everybody has the same time, for networks take theirs when hosts start. */
  #deadAtOf(member: Member): number {
    if (this.#isUp) return member.deadAt;
    const { startedAt, initDeadAfterMs } = this.#options;
    return member.isKnown ? Number.POSITIVE_INFINITY : startedAt + initDeadAfterMs;
  }

  #rise(): Happening[] {
    if (this.#isUp || [...this.#members.values()].some(({ isKnown }) => !isKnown))
      return [];
    this.#isUp = true;
    return [{ type: 'communication-up' }];
  }
}
