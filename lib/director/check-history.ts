import type { CheckReport } from '../model/check.ts';
import { MOST_CHECKS } from '../model/status.ts';

/** The last reports on each real server of a service, by its id: {@link MOST_CHECKS} of each. To
 *  note one costs the same however many there were. */
export class CheckHistory {
  readonly #rings = new Map<string, Ring>();

  /** A report that is given twice (a check with a new subscriber) counts once. */
  note(realId: string, report: CheckReport): void {
    const ring = this.#rings.get(realId) ?? { reports: [], next: 0 };
    this.#rings.set(realId, ring);
    const { reports, next } = ring;
    if (reports.at(next - 1) === report) return;
    reports[next] = report;
    ring.next = (next + 1) % MOST_CHECKS;
  }

  /** At most that many, the newest first. */
  last(realId: string, count: number): readonly CheckReport[] {
    const { reports, next } = this.#rings.get(realId) ?? { reports: [], next: 0 };
    const oldestFirst = [...reports.slice(next), ...reports.slice(0, next)];
    return oldestFirst.reverse().slice(0, count);
  }

  /** Forgets every other server: one that comes back starts anew. */
  keep(realIds: { has(id: string): boolean }): void {
    for (const id of this.#rings.keys()) if (!realIds.has(id)) this.#rings.delete(id);
  }
}

interface Ring {
  readonly reports: CheckReport[];
  /** Where the next report goes: behind the newest. */
  next: number;
}
