import type { ServiceOutcome } from '../../../model/engine.ts';
import type { Captures } from '../capture/captures.ts';
import type { Crew } from '../crew/crew.ts';
import type { Answers } from '../crew/rounds.ts';
import type { ListenReport } from '../protocol.ts';
import { Claims } from './claim.ts';
import type { Listeners } from './listeners.ts';
import { heldBy } from './predecessor.ts';

interface Parties {
  /** Listeners are shared with whoever comes with SO_REUSEPORT, so nobody else may be there first. */
  readonly shares: boolean;
  /** Whose listeners may be there: that process hands over. */
  readonly predecessor: number | undefined;
  readonly proc: string;
  readonly listeners: Listeners;
  readonly captures: Captures;
  readonly crew: Pick<Crew, 'listen'>;
  /** Whether the service has a server that connections could be sent to. */
  wants(id: string): boolean;
  /** A service's outcome is another, though no table was applied. */
  told(outcome: ServiceOutcome): void;
}

/** Has the workers open listeners, where nobody else has the address, and says what became of it. */
export class Openings {
  readonly #parties: Parties;
  readonly #claims: Claims;

  constructor(parties: Parties) {
    this.#parties = parties;
    const { predecessor, proc } = parties;
    this.#claims = new Claims(undefined, async (places) =>
      predecessor === undefined ? new Set() : heldBy(predecessor, places, proc),
    );
  }

  /** @param ask  has the workers open what they may
   *  @returns     the outcomes that changed */
  async open(
    ids: readonly string[],
    ask: () => Promise<Answers>,
  ): Promise<readonly ServiceOutcome[]> {
    const { listeners } = this.#parties;
    const answers = await this.claim(ids, ask);
    const heard = [...ids];
    for (const [worker, reports] of answers) {
      listeners.report(worker, reports);
      for (const { id } of reports) heard.push(id);
    }
    return listeners.settle(heard);
  }

  /** Who cannot share listens alone, and needs no claim. */
  claim<T>(ids: readonly string[], open: () => Promise<T>): Promise<T> {
    const { listeners, shares, wants } = this.#parties;
    const isWanted = (id: string) => shares && wants(id);
    return this.#claims.hold(listeners.claim(ids, isWanted), (refused) => {
      listeners.refuse(refused);
      return open();
    });
  }

  /** Tries again what could not be opened. */
  retry(ids: readonly string[]): Promise<void> {
    const { listeners, crew } = this.#parties;
    return this.reopen(ids, async () => {
      const may = ids.filter((id) => listeners.mayListen(id));
      return may.length > 0 ? crew.listen(may) : new Map();
    });
  }

  /** As {@link open}, where no table is applied. */
  async reopen(ids: readonly string[], ask: () => Promise<Answers>): Promise<void> {
    this.#tell(await this.open(ids, ask));
  }

  /** What a worker says by itself. */
  async hear(worker: number, report: ListenReport): Promise<void> {
    const { listeners } = this.#parties;
    listeners.report(worker, [report]);
    this.#tell(await listeners.settle([report.id]));
  }

  /** The outcomes of these services may be others now. */
  changed(ids: readonly string[]): void {
    this.#tell(ids.map((id) => this.#parties.listeners.outcome(id)));
  }

  outcome(id: string): ServiceOutcome {
    const { captures, listeners } = this.#parties;
    return captures.judged(listeners.outcome(id));
  }

  #tell(outcomes: readonly ServiceOutcome[]): void {
    const { captures, told } = this.#parties;
    for (const outcome of outcomes) told(captures.judged(outcome));
  }
}
