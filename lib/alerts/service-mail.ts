import { LONGEST_TIMER_MS } from '../model/timer.ts';
import { serviceLabel, type VirtualService } from '../model/virtual-service.ts';
import { Digest } from './digest.ts';
import type { AlertState, Notice, Subject } from './notice.ts';
import { due, keepOnly, nextDue, type Reminders, remind } from './reminders.ts';

/** What one service's alerts need. */
export interface ServiceMailParties {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** A mail is due.
   *  @param digest  one change at least */
  post(service: VirtualService, digest: Digest): void;
}

/** A digest waits for one round of checks, in which whatever a common cause took down is found,
 *  and no longer than this. */
const LONGEST_WINDOW_MS = 60_000;
/** For what the round's last checks take. */
const SLACK_MS = 1_000;

/** The alerts of one virtual service: what waits for a digest, and who is told of again. */
export class ServiceMail {
  readonly #parties: ServiceMailParties;
  #service: VirtualService;
  #reminders: Reminders = new Map();
  #reminder: NodeJS.Timeout | undefined;
  readonly #waiting = new Map<AlertState, Digest>();
  #window: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(service: VirtualService, parties: ServiceMailParties) {
    this.#service = service;
    this.#parties = parties;
  }

  /** The service as it is from now on. */
  follow(service: VirtualService): void {
    this.#service = service;
    this.#reminders = keepOnly(
      this.#reminders,
      new Set(service.reals.map(({ id }) => id)),
    );
    if (!service.options.digest) this.flush();
    this.#plan();
  }

  /** @param about  undefined: nothing to be reminded of, as with a fallback */
  tell(notice: Notice, about: Subject | undefined): void {
    if (about) {
      this.#reminders = remind(this.#reminders, about, performance.now());
      this.#plan();
    }
    this.#collect(notice);
  }

  /** Sends what waits for a digest, in a mail for each state. */
  flush(): void {
    clearTimeout(this.#window);
    this.#window = undefined;
    const digests = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const digest of digests) this.#parties.post(this.#service, digest);
  }

  /** The service is gone, or another director's: what waits is sent, and nobody is reminded from now on. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#reminder);
    this.flush();
  }

  #collect(notice: Notice): void {
    if (!wanted(this.#service, notice.state)) return;
    if (!this.#service.options.digest) {
      this.#parties.post(this.#service, new Digest(notice));
      return;
    }
    const waiting = this.#waiting.get(notice.state);
    if (waiting) waiting.add(notice);
    else this.#waiting.set(notice.state, new Digest(notice));
    this.#window ??= setTimeout(() => this.flush(), windowMs(this.#service));
  }

  #plan(): void {
    clearTimeout(this.#reminder);
    if (this.#ended) return;
    const at = nextDue(this.#reminders, this.#everyMs);
    if (at === undefined) return;
    const wait = Math.min(Math.max(at - performance.now(), 0), LONGEST_TIMER_MS);
    this.#reminder = setTimeout(() => this.#remind(), wait);
  }

  #remind(): void {
    const at = this.#parties.now();
    const now = performance.now();
    for (const real of due(this.#reminders, this.#everyMs, now)) {
      this.#reminders = remind(this.#reminders, { real, out: true }, now);
      const subject = `Inaccessible real server: ${real} (${serviceLabel(this.#service)})`;
      this.#collect({ subject, finding: undefined, state: 'running', at });
    }
    this.#plan();
  }

  get #everyMs(): number {
    return this.#service.emailalertfreq * 1000;
  }
}

function wanted(service: VirtualService, state: AlertState): boolean {
  return Boolean(service.emailalert) && service.emailalertstatus.includes(state);
}

function windowMs({ checkinterval }: VirtualService): number {
  return Math.min(checkinterval * 1000, LONGEST_WINDOW_MS) + SLACK_MS;
}
