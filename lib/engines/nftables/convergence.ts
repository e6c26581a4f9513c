import type { Family } from '../../model/address.ts';
import type { ServiceEntry, ServiceOutcome, ServiceTable } from '../../model/engine.ts';
import { inTurns } from '../breath.ts';
import { NftError } from '../nft-program.ts';
import { Book } from './book.ts';
import { compile, leads } from './compile.ts';
import type { HomeFallbacks } from './home-fallback.ts';
import type { KernelTable } from './kernel-table.ts';
import type { Doubt } from './looks.ts';
import { serviceName } from './names.ts';
import { forwardingProblem, nftProblem } from './problem.ts';
import { inexact, omission, refusal } from './refusal.ts';
import { returnDoubt } from './return-path.ts';
import { changes, type OpenOf, Sources } from './sources.ts';

const GONE =
  'Somebody else took our table out of the kernel (as "nft flush ruleset" does, and a reload of the service nftables): put back; clients were refused meanwhile, and counters and persisting clients begin anew';

/** What a convergence works with. */
export interface ConvergenceParties {
  readonly kernel: KernelTable;
  readonly home: HomeFallbacks;
  readonly open: OpenOf;
  /** Why no connections are counted; undefined: they are. */
  readonly uncounted: () => string | undefined;
  /** A line for the log. */
  readonly notice: (message: string) => void;
  /** Where procfs is mounted. */
  readonly proc: string;
}

/** Brings kernel and fallback listeners to what a table says, and says how each service is. */
export class Convergence {
  readonly #parties: ConvergenceParties;
  readonly #sources: Sources;
  readonly #book = new Book();

  constructor(parties: ConvergenceParties) {
    this.#parties = parties;
    this.#sources = new Sources(parties.open);
  }

  /** @param doubt  what others may have done is mended
   *  @returns one outcome a service, in the table's order */
  async to(table: ServiceTable, doubt?: Doubt): Promise<readonly ServiceOutcome[]> {
    const problems = this.#problems(table);
    const good = table.filter(({ service }) => !problems.has(service.id));
    const leading = await this.#write(good);
    const trouble = await this.#force(doubt);
    const home = await this.#parties.home.apply(trouble === undefined ? good : []);
    return table.map((entry) => {
      const { id } = entry.service;
      const problem = problems.get(id) ?? trouble;
      if (problem !== undefined) return { id, state: 'failed', problem };
      return home.get(id) ?? this.#outcome(entry, leading.has(id));
    });
  }

  #outcome(entry: ServiceEntry, leads: boolean): ServiceOutcome {
    const { id } = entry.service;
    const omitted = omission(entry.service);
    const doubt = leads
      ? (omitted ??
        this.#countingDoubt(entry) ??
        returnDoubt(entry, this.#parties.open))
      : omitted;
    const state = leads ? 'carried' : 'idle';
    return { id, state, ...(doubt === undefined ? {} : { problem: doubt }) };
  }

  #countingDoubt(entry: ServiceEntry): string | undefined {
    const uncounted = changes(entry) ? this.#parties.uncounted() : undefined;
    return uncounted && `${inexact(entry.service)}, and nothing is: ${uncounted}`;
  }

  /** Why services cannot be carried, whatever the kernel says. */
  #problems(table: ServiceTable): ReadonlyMap<string, string> {
    const forwarding = new Map<Family, string | undefined>();
    const problems = new Map<string, string>();
    for (const { service } of table) {
      const { id, family } = service;
      if (!forwarding.has(family))
        forwarding.set(family, forwardingProblem(family, this.#parties.proc));
      const unforwarded = forwarding.get(family);
      const problem =
        refusal(service) ??
        (unforwarded && `${unforwarded}; the service starts by itself then`);
      if (problem !== undefined) problems.set(id, problem);
    }
    return problems;
  }

  /** @returns ids of services that new clients are led somewhere for */
  async #write(table: readonly ServiceEntry[]): Promise<ReadonlySet<string>> {
    const leading = new Set<string>();
    this.#sources.keep(new Set(table.map(({ service }) => service.id)));
    this.#book.keep(new Set(table.map(({ service }) => serviceName(service))));
    await inTurns(table, (entry) => {
      const source = this.#sources.next(entry);
      this.#book.write(serviceName(entry.service), source, () =>
        compile(source, { offload: this.#parties.kernel.offloads }),
      );
      if (leads(source)) leading.add(entry.service.id);
    });
    return leading;
  }

  async #force(doubt: Doubt | undefined): Promise<string | undefined> {
    const { kernel } = this.#parties;
    try {
      if (doubt !== undefined && (await kernel.doubt(doubt === 'thorough')))
        this.#parties.notice(GONE);
      await kernel.force(this.#book.parts);
      return undefined;
    } catch (error) {
      if (error instanceof NftError) return nftProblem(error);
      throw error;
    }
  }
}
