import type { Log } from '../model/log.ts';

/** From one line about what was dropped to the next. */
const EVERY_MS = 60_000;

/** What became of all that one kind of hook had to tell, for log, status and metrics. Trouble with a receiver
 *  is said once, then that it is over; what is dropped at once, then once a minute. */
export class HookTally {
  readonly #what: 'webhook' | 'command';
  readonly #log: Log;
  readonly #everyMs: number;
  /** By receiver: why the last attempt failed. */
  readonly #problems = new Map<string, string>();
  readonly #failing = new Set<string>();
  /** Since the last line, by what the line says: a receiver and why. */
  readonly #dropped = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  /** Messages taken; attempts that failed; messages that nobody got. */
  readonly counts = { sent: 0, failed: 0, dropped: 0 };

  /** @param everyMs  tests set it */
  constructor(what: 'webhook' | 'command', log: Log, everyMs = EVERY_MS) {
    this.#what = what;
    this.#log = log;
    this.#everyMs = everyMs;
  }

  /** Why the last attempts failed; null: they did not. */
  get problem(): string | null {
    if (this.#problems.size === 0) return null;
    return [...this.#problems].map(([name, why]) => `${name}: ${why}`).join('; ');
  }

  sent(name: string): void {
    this.counts.sent++;
    this.#problems.delete(name);
    if (this.#failing.delete(name))
      this.#log.info(`${this.#what}: told again: ${name}`);
  }

  /** @param again  it is tried again */
  failed(name: string, reason: string, again: boolean): void {
    this.counts.failed++;
    this.#problems.set(name, reason);
    if (!again || this.#failing.has(name)) return;
    this.#failing.add(name);
    this.#log.warn(
      `${this.#what}: a change of state could not be told, it is tried again: ${name}: ${reason}`,
    );
  }

  dropped(name: string, why: string): void {
    this.counts.dropped++;
    const about = `${name}: ${why}`;
    const more = this.#dropped.get(about);
    this.#dropped.set(about, (more ?? -1) + 1);
    if (more === undefined) this.#say('1 change of state was', about);
    this.#timer ??= setTimeout(() => this.#sayMore(), this.#everyMs);
  }

  /** Forgets the trouble with receivers that no service names any more. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#problems.keys())
      if (!names.has(name)) this.#problems.delete(name);
    for (const name of this.#failing) if (!names.has(name)) this.#failing.delete(name);
  }

  /** Says what was not said yet. */
  end(): void {
    clearTimeout(this.#timer);
    this.#sayMore();
    clearTimeout(this.#timer);
  }

  #sayMore(): void {
    this.#timer = undefined;
    for (const [about, more] of this.#dropped) {
      if (more > 0) this.#say(`${more} more ${more === 1 ? 'was' : 'were'}`, about);
      if (more > 0) this.#dropped.set(about, 0);
      else this.#dropped.delete(about);
    }
    if (this.#dropped.size > 0)
      this.#timer = setTimeout(() => this.#sayMore(), this.#everyMs);
  }

  #say(what: string, about: string): void {
    this.#log.warn(`${this.#what}: ${what} not told: ${about}`);
  }
}
