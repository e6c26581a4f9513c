import { NftError } from '../nft-program.ts';
import type { KernelTable } from './kernel-table.ts';

/** Asks once for a flowtable; without it all is forwarded the same. */
export class Flowtable {
  readonly #kernel: KernelTable;
  readonly #tell: (problem: string) => void;
  /** Those that were not asked for yet. */
  #devices: readonly string[];

  /** @param tell  is told why there is none */
  constructor(
    kernel: KernelTable,
    devices: readonly string[],
    tell: (problem: string) => void,
  ) {
    this.#kernel = kernel;
    this.#devices = devices;
    this.#tell = tell;
  }

  async ask(): Promise<void> {
    if (this.#devices.length === 0) return;
    try {
      const problem = await this.#kernel.offload(this.#devices);
      this.#devices = [];
      if (problem !== undefined) this.#tell(problem);
    } catch (error) {
      // What is in the way of all is told of each service; it is asked again with the next table.
      if (!(error instanceof NftError)) throw error;
    }
  }
}
