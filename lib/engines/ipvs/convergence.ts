import type { ServiceTable } from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { type Call, callsTo, scheduleText } from './calls.ts';
import { type HeldTable, heldTable } from './held.ts';
import { type Ipvsadm, Refused } from './ipvsadm.ts';
import { serviceKey } from './words.ts';

/** From so many calls on they go through one process. */
const MANY = 20;
/** At most so many at once: where one is misspelt, those behind it have to be sent again, */
const BATCH = 500;
/** so many times fewer at once. */
const SMALLER = 10;

/** A call that was refused. */
export interface Failure {
  readonly call: Call;
  /** What ipvsadm said. */
  readonly said: string;
}

/** By id of the service. */
export type Failures = ReadonlyMap<string, readonly Failure[]>;

/** What came of it. */
export interface Converged {
  readonly failures: Failures;
  /** Ids of the services that somebody else had taken out since the last time. */
  readonly lost: readonly string[];
}

interface Work {
  /** The calls that are still to be made, read anew. */
  left(): Promise<readonly Call[]>;
  /** Ids of the services whose calls go through one process however few they are. */
  readonly hurried: ReadonlySet<string>;
  readonly failures: Map<string, Failure[]>;
  readonly signal: AbortSignal;
}

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
  async to(table: ServiceTable, signal: AbortSignal): Promise<Converged> {
    for (const { service } of table) this.#ours.set(serviceKey(service), service);
    const leaving = this.#leaving(table);
    const held = await this.held(signal);
    const lost = this.#lost(table, held);
    const plan = (held: HeldTable) => callsTo(table, leaving, held, this.#sent);
    const failures = new Map<string, Failure[]>();
    const left = async () => plan(await this.held(signal));
    await this.#make(plan(held), BATCH, {
      left,
      hurried: arriving(table),
      failures,
      signal,
    });
    this.#forget(leaving, failures);
    this.#remember(table, failures);
    return { failures, lost };
  }

  /** Has the kernel let go of these, which stay wanted.
   *  @throws Unusable, or the signal's reason */
  async takeOut(
    services: readonly VirtualService[],
    signal: AbortSignal,
  ): Promise<void> {
    if (services.length === 0) return;
    const left = async () => callsTo([], services, await this.held(signal), this.#sent);
    const hurried = new Set(services.map(({ id }) => id));
    const work = { left, hurried, failures: new Map(), signal };
    await this.#make(await left(), BATCH, work);
    for (const { id } of services) this.#sent.delete(id);
  }

  #leaving(table: ServiceTable): readonly VirtualService[] {
    const wanted = new Set(table.map(({ service }) => serviceKey(service)));
    return [...this.#ours].flatMap(([key, service]) =>
      wanted.has(key) ? [] : [service],
    );
  }

  /** What this run has made, and is not there any more. */
  #lost(table: ServiceTable, held: HeldTable): readonly string[] {
    return table
      .filter(
        ({ service }) => this.#sent.has(service.id) && !held.has(serviceKey(service)),
      )
      .map(({ service }) => service.id);
  }

  /** In batches of that size; what is left of one in which something was refused in smaller ones, at
   *  last one by one. */
  async #make(calls: readonly Call[], size: number, work: Work): Promise<void> {
    for (let from = 0; from < calls.length; from += size) {
      const batch = calls.slice(from, from + size);
      if (size < MANY || (batch.length < MANY && !hurries(batch, work)))
        await this.#singly(batch, work);
      else if (!(await this.#together(batch, work.signal)))
        await this.#make(stillOf(batch, await work.left()), size / SMALLER, work);
    }
  }

  /** @returns whether all of it is done; if not, anything of it may be */
  async #together(batch: readonly Call[], signal: AbortSignal): Promise<boolean> {
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

  async #singly(calls: readonly Call[], { failures, signal }: Work): Promise<void> {
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

  /** One that could not be removed is tried again. */
  #forget(gone: readonly VirtualService[], failures: Failures): void {
    for (const service of gone) {
      if (failures.has(service.id)) continue;
      this.#ours.delete(serviceKey(service));
      this.#sent.delete(service.id);
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

/** From the call that adds a service to the one that adds its first server its clients are refused. */
function arriving(table: ServiceTable): ReadonlySet<string> {
  return new Set(
    table.filter((entry) => entry.arriving).map(({ service }) => service.id),
  );
}

function hurries(batch: readonly Call[], { hurried }: Work): boolean {
  return batch.some(({ service }) => hurried.has(service));
}

/** The calls about what those of the batch were about. */
function stillOf(batch: readonly Call[], calls: readonly Call[]): readonly Call[] {
  const about = ({ service, server }: Call) => `${service} ${server}`;
  const subjects = new Set(batch.map(about));
  return calls.filter((call) => subjects.has(about(call)));
}
