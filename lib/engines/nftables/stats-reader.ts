import type { ServiceOutcome, ServiceStats, ServiceTable } from '../../model/engine.ts';
import { inTurns } from '../breath.ts';
import type { HomeFallbacks } from './home-fallback.ts';
import type { Nft } from './nft.ts';
import type { OpenFlows } from './open-flows.ts';
import { Persisting } from './persisting.ts';
import type { OpenOf } from './sources.ts';
import { Numbers, statsCommands, withHome } from './stats.ts';

/** Whom numbers are asked of. */
export interface StatsParties {
  readonly nft: Nft;
  /** Our table's name. */
  readonly name: string;
  readonly flows: OpenFlows;
  readonly home: HomeFallbacks;
  readonly open: OpenOf;
}

/** Reads what the kernel has counted, in some milliseconds at a time however much that is. */
export class StatsReader {
  readonly #parties: StatsParties;
  readonly #persisting: Persisting;

  constructor(parties: StatsParties) {
    this.#parties = parties;
    this.#persisting = new Persisting(parties.nft, parties.name);
  }

  /** @param outcomes  what was said of each service, in the table's order
   *  @throws NftError */
  async read(
    table: ServiceTable,
    outcomes: readonly ServiceOutcome[],
  ): Promise<readonly ServiceStats[]> {
    const { flows, home, open } = this.#parties;
    const carried = table.filter((_, row) => outcomes[row]?.state !== 'failed');
    const [numbers] = await Promise.all([
      this.#numbers(carried),
      flows.fresh(),
      this.#persisting.fresh(carried),
    ]);
    const stats: ServiceStats[] = [];
    await inTurns(table, (entry) =>
      stats.push(numbers.of(entry, open, this.#persisting.of)),
    );
    return withHome(stats, await home.stats());
  }

  /** Resolves when nothing is read any more. */
  close(): Promise<void> {
    return this.#persisting.close();
  }

  /** One after the other: what each prints takes its part of a turn of the event loop. */
  async #numbers(services: ServiceTable): Promise<Numbers> {
    const { nft, name } = this.#parties;
    const numbers = new Numbers();
    for (const asked of statsCommands(name, services)) await nft.list(asked, numbers);
    return numbers;
  }
}
