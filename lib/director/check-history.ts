import type { CheckReport } from '../model/check.ts';
import { type CheckTotals, MOST_CHECKS } from '../model/status.ts';

/** What the status tells of a report. */
export interface KeptReport
  extends Pick<CheckReport, 'at' | 'durationMs' | 'up' | 'message'> {
  readonly made?: CheckReport['made'] | undefined;
}

/** The last reports on each real server of a service, by its id: {@link MOST_CHECKS} of each. To
 *  note one costs the same however many there were. */
export class CheckHistory {
  readonly #rings = new Map<string, Ring>();

  /** A report that is given twice (a check with a new subscriber) counts once. */
  note(realId: string, report: CheckReport): void {
    const ring = this.#rings.get(realId) ?? new Ring();
    this.#rings.set(realId, ring);
    ring.note(report);
  }

  /** At most that many, the newest first. */
  last(realId: string, count: number): readonly KeptReport[] {
    return this.#rings.get(realId)?.last(count) ?? [];
  }

  /** Of all reports since the server came. */
  totals(realId: string): CheckTotals {
    return this.#rings.get(realId)?.totals ?? NONE;
  }

  /** Reports in a row, until now, that say it is not up. */
  failing(realId: string): number {
    return this.#rings.get(realId)?.failing ?? 0;
  }

  /** Forgets every other server: one that comes back starts anew. */
  keep(realIds: { has(id: string): boolean }): void {
    for (const id of this.#rings.keys()) if (!realIds.has(id)) this.#rings.delete(id);
  }
}

const NONE: CheckTotals = { up: 0, down: 0, seconds: 0 };

type Outcome = Omit<KeptReport, 'at' | 'durationMs'>;

/** The reports on one server. There are thousands of rings, and a server says few things again and
 *  again: each is kept once, and times are numbers in a row. */
class Ring {
  #up = 0;
  #down = 0;
  #totalMs = 0;
  #failing = 0;
  #newest: CheckReport | undefined;
  readonly #outcomes = new Array<Outcome | undefined>(MOST_CHECKS).fill(undefined);
  /** When each was, and how long it took. */
  readonly #times = new Array<number>(2 * MOST_CHECKS).fill(0);
  /** Where the next report goes: behind the newest. */
  #next = 0;

  note(report: CheckReport): void {
    if (report === this.#newest) return;
    const { up, made, message, at, durationMs } = report;
    const known = this.#outcomes.find(
      (one) => one?.up === up && one.made === made && one.message === message,
    );
    this.#outcomes[this.#next] = known ?? { up, made, message };
    this.#times[2 * this.#next] = at;
    this.#times[2 * this.#next + 1] = durationMs;
    if (up) this.#up++;
    else this.#down++;
    this.#failing = up ? 0 : this.#failing + 1;
    this.#totalMs += durationMs;
    this.#newest = report;
    this.#next = (this.#next + 1) % MOST_CHECKS;
  }

  get failing(): number {
    return this.#failing;
  }

  get totals(): CheckTotals {
    return { up: this.#up, down: this.#down, seconds: this.#totalMs / 1000 };
  }

  last(count: number): readonly KeptReport[] {
    const reports: KeptReport[] = [];
    for (let back = 1; back <= Math.min(count, MOST_CHECKS); back++) {
      const place = (this.#next - back + MOST_CHECKS) % MOST_CHECKS;
      const outcome = this.#outcomes[place];
      if (outcome === undefined) break;
      const [at = 0, durationMs = 0] = this.#times.slice(2 * place, 2 * place + 2);
      reports.push({ ...outcome, at, durationMs });
    }
    return reports;
  }
}
