import { inTurns } from '../breath.ts';
import { NftError } from '../nft-program.ts';
import { type Change, commandsOf, diff, noChange, onlyRules } from './diff.ts';
import type { Command } from './json.ts';
import { readTable, stands } from './kernel-state.ts';
import type { Nft } from './nft.ts';
import { offloadCommands, refusesOffload } from './offload.ts';
import type { Parts } from './part.ts';
import { skeletonCommands } from './skeleton.ts';

/** What stands there. `unknown`: it has to be read first. */
type Belief = Parts | 'nothing' | 'unknown';

/** Our one table in the kernel. Calls must not overlap. */
export class KernelTable {
  readonly #nft: Nft;
  readonly #name: string;
  /** Of its flowtable. */
  #devices: readonly string[] = [];
  #belief: Belief = 'unknown';

  constructor(nft: Nft, name: string) {
    this.#nft = nft;
    this.#name = name;
  }

  /** Services' flows may be handed on by a flowtable. */
  get offloads(): boolean {
    return this.#devices.length > 0;
  }

  /** From the next table on there is a flowtable over these devices.
   *  @returns why not, in words; undefined: there is
   *  @throws NftError  when the kernel takes no tables at all */
  async offload(devices: readonly string[]): Promise<string | undefined> {
    const refusal = await refusesOffload(this.#nft, `${this.#name}_probe`, devices);
    if (refusal === undefined) this.#devices = devices;
    return refusal;
  }

  /** Reads what stands there, whoever made it.
   *  @returns by service name; empty where there is no table of ours */
  async read(): Promise<Parts> {
    const found = await readTable(this.#nft, this.#name, this.#devices);
    this.#belief = found?.sound ? found.parts : 'nothing';
    return found?.parts ?? new Map();
  }

  /** What was known of it holds no longer if it is gone, or in any case.
   *  @returns whether it was there and is gone
   *  @throws NftError */
  async doubt(thorough: boolean): Promise<boolean> {
    const gone = !(await stands(this.#nft, this.#name));
    const held = this.#belief instanceof Map;
    if (thorough || gone) this.#belief = 'unknown';
    return held && gone;
  }

  /** Makes it so (of an existing table with no parts the skeleton stays), in one transaction that carries only what differs; nothing is sent when nothing
   *  does.
   *  @throws NftError; the kernel then holds what it held */
  async force(parts: Parts): Promise<void> {
    const known = this.#belief !== 'unknown';
    try {
      await this.#converge(parts);
    } catch (error) {
      this.#belief = 'unknown';
      if (!known || !(error instanceof NftError)) throw error;
      await this.#converge(parts); // Somebody else was at it.
    }
  }

  /** Takes it out of the kernel, if it is there. */
  async remove(): Promise<void> {
    this.#belief = 'unknown';
    await this.#nft.run(this.#removal());
  }

  async #converge(parts: Parts): Promise<void> {
    if (this.#belief === 'unknown') await this.read();
    const anew = this.#belief === 'nothing' || this.#belief === 'unknown';
    if (anew && parts.size === 0) return this.remove();
    const before: Parts = this.#belief instanceof Map ? this.#belief : new Map();
    const change = await this.#changes(before, parts);
    if (anew || !onlyRules(change) || !(await this.#rewrites(change)))
      await this.#nft.run([
        ...(anew ? this.#beginning() : []),
        ...commandsOf(this.#name, change),
      ]);
    this.#belief = new Map(parts);
  }

  /** @returns false when nft does not take that form: it is said in JSON then, which takes longer */
  async #rewrites(change: Change): Promise<boolean> {
    try {
      await this.#nft.rewrite(this.#name, change);
      return true;
    } catch (error) {
      if (error instanceof NftError && error.trouble === 'refused') return false;
      throw error;
    }
  }

  /** An empty table, whatever was there. */
  #beginning(): Command[] {
    return [
      ...this.#removal(),
      ...skeletonCommands(this.#name),
      ...offloadCommands(this.#name, this.#devices),
    ];
  }

  async #changes(before: Parts, after: Parts): Promise<Change> {
    const change = noChange();
    await inTurns(after, ([name, part]) => {
      if (before.get(name) !== part) diff(this.#name, before.get(name), part, change);
    });
    for (const [name, part] of before)
      if (!after.has(name)) diff(this.#name, part, undefined, change);
    return change;
  }

  /** Whether it is there or not: nothing is deleted that was not added before. */
  #removal(): Command[] {
    const table = { family: 'inet', name: this.#name };
    return [{ add: { table } }, { delete: { table } }];
  }
}
