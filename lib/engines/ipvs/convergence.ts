import type { ServiceTable } from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { type Call, callsTo, scheduleText } from './calls.ts';
import { type HeldTable, heldTable } from './held.ts';
import { type Ipvsadm, Refused } from './ipvsadm.ts';
import { serviceKey } from './words.ts';

/** From so many calls on they go through one process. */
const MANY = 20;
/** At most so many at once: where one is refused, those behind it may have to go one by one. */
const BATCH = 500;

/** A call that was refused. */
export interface Failure {
  readonly call: Call;
  /** What ipvsadm said. */
  readonly said: string;
}

/** By id of the service. */
export type Failures = ReadonlyMap<string, readonly Failure[]>;

/** Brings the kernel's table to the wanted one, and remembers which services in it are ours. */
export class Convergence {
  readonly #ipvsadm: Ipvsadm;
  /** By its name in the list. */
  readonly #ours = new Map<string, VirtualService>();
  /** What each was told of how to schedule, by its id. */
  readonly #sent = new Map<string, string>();

  constructor(ipvsadm: Ipvsadm) {
    this.#ipvsadm = ipvsadm;
  }

  /** Services that this run has put into the kernel's table, or tried to. */
  get ours(): readonly VirtualService[] {
    return [...this.#ours.values()];
  }

  /** @throws Unusable, or the signal's reason */
  async held(signal: AbortSignal): Promise<HeldTable> {
    const plain = await this.#ipvsadm.list([], signal);
    return heldTable(plain, await this.#ipvsadm.list(['--thresholds'], signal));
  }

  /** Services of ours that are not in the table go.
   *  @throws Unusable, or the signal's reason; some of it may be done then */
  async to(table: ServiceTable, signal: AbortSignal): Promise<Failures> {
    const wanted = new Map(
      table.map(({ service }) => [serviceKey(service), service] as const),
    );
    const gone = [...this.#ours].filter(([key]) => !wanted.has(key));
    const leaving = gone.map(([, service]) => service);
    for (const [key, service] of wanted) this.#ours.set(key, service);
    const plan = async () =>
      callsTo(table, leaving, await this.held(signal), this.#sent);
    const failures = new Map<string, Failure[]>();
    const calls = await plan();
    for (let from = 0; from < calls.length; from += BATCH) {
      const batch = calls.slice(from, from + BATCH);
      const left = (await this.#together(batch, signal))
        ? []
        : stillOf(batch, batch.length < MANY ? batch : await plan());
      await this.#singly(left, failures, signal);
    }
    for (const [key, { id }] of gone) {
      if (failures.has(id)) continue;
      this.#ours.delete(key);
      this.#sent.delete(id);
    }
    this.#remember(table, failures);
    return failures;
  }

  /** @returns whether all of it is done; if not, anything of it may be */
  async #together(batch: readonly Call[], signal: AbortSignal): Promise<boolean> {
    if (batch.length < MANY) return false;
    try {
      await this.#ipvsadm.restore(
        batch.map(({ words }) => words),
        signal,
      );
      return true;
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  }

  async #singly(
    calls: readonly Call[],
    failures: Map<string, Failure[]>,
    signal: AbortSignal,
  ): Promise<void> {
    for (const call of calls) {
      const failed = failures.get(call.service) ?? [];
      if (failed.some(isMissing)) continue;
      try {
        await this.#ipvsadm.run(call.words, signal);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        failures.set(call.service, [...failed, { call, said: error.message }]);
      }
    }
  }

  /** An edit that was refused is made again next time. */
  #remember(table: ServiceTable, failures: Failures): void {
    for (const { service } of table) {
      const failed = failures.get(service.id)?.some(({ call }) => !call.server);
      if (failed) this.#sent.delete(service.id);
      else this.#sent.set(service.id, scheduleText(service));
    }
  }
}

/** Whether the kernel does not hold the service itself. */
export function isMissing({ call }: Failure): boolean {
  return call.words[0] === '-A';
}

/** The calls about what those of the batch were about. */
function stillOf(batch: readonly Call[], calls: readonly Call[]): readonly Call[] {
  const about = ({ service, server }: Call) => `${service} ${server}`;
  const subjects = new Set(batch.map(about));
  return calls.filter((call) => subjects.has(about(call)));
}
