import type { EngineEvent } from '../model/engine.ts';
import { isEjectable } from '../pool/eject.ts';
import { type Ejection, type Mark, marked, UNMARKED } from '../pool/passive.ts';
import { countsAsUp, type Pool, stateOf } from '../pool/pool.ts';
import { checkingOf } from './check-plan.ts';

/** Whose time is over within so little goes with the first. */
const TOGETHER_MS = 10;

/** What an engine tells of clients' connections that failed. */
export type TrafficFailure = Extract<EngineEvent, { readonly type: 'traffic-failed' }>;

/** What failed at a service's real servers, and the clock of those that are out for it: a timer while there
 *  are some. Disposing ends it. */
export class PassiveMarks implements Disposable {
  readonly #over: (realIds: ReadonlySet<string>) => void;
  /** By real server's id, of those at which something failed. */
  readonly #marks = new Map<string, Mark>();
  readonly #ejections = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param over  gets those whose time is over, and has the pool release them */
  constructor(over: (realIds: ReadonlySet<string>) => void) {
    this.#over = over;
  }

  /** @returns what takes the server out now; undefined: nothing does */
  failed(
    pool: Pool,
    { server, failures, reason }: TrafficFailure,
  ): Ejection | undefined {
    const { service } = pool;
    const { passive: most, passiveHoldMs: firstHoldMs } = service.options;
    // Without checks nothing would bring it back. Late ones of a server that is out prove nothing new.
    const isHeeded =
      checkingOf(service).checking === 'checked' && isEjectable(pool, server);
    if (!most || !isHeeded) return undefined;
    const before = this.#marks.get(server) ?? UNMARKED;
    const now = performance.now();
    const marking = { most, firstHoldMs };
    const { mark, ejection } = marked(before, { failures, reason }, marking, now);
    this.#marks.set(server, mark);
    if (ejection) this.#ejections.set(server, this.ejections(server) + 1);
    return ejection;
  }

  /** How often the server was taken out, since it came into the configuration. */
  ejections(realId: string): number {
    return this.#ejections.get(realId) ?? 0;
  }

  /** The pool has changed. */
  follow(pool: Pool): void {
    if (this.#marks.size === 0) return;
    for (const [id, mark] of this.#marks) {
      const own = stateOf(pool, id)?.own;
      if (own === undefined) this.#forget(id);
      else if (!countsAsUp(own) && mark.recent.length > 0)
        this.#marks.set(id, { ...mark, recent: [] });
    }
    this.#arm(pool);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #forget(realId: string): void {
    this.#marks.delete(realId);
    this.#ejections.delete(realId);
  }

  #arm({ reals }: Pool): void {
    clearTimeout(this.#timer);
    const ends = reals.flatMap(({ real: { id }, ejected }) =>
      ejected ? [[id, this.#marks.get(id)?.hold?.until ?? 0] as const] : [],
    );
    if (ends.length === 0) return;
    const next = Math.min(...ends.map(([, until]) => until));
    const due = ends.filter(([, until]) => until - next <= TOGETHER_MS);
    const over = new Set(due.map(([id]) => id));
    const leftMs = Math.ceil(next - performance.now());
    this.#timer = setTimeout(() => this.#over(over), Math.max(0, leftMs));
  }
}
