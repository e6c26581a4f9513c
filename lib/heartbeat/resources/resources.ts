import type { Log } from '../../model/log.ts';
import type { ResourceGroup } from '../config/haresources.ts';
import { Programs } from '../local/programs.ts';
import { type Hold, has, minus, type Part, plus } from '../ownership/hold.ts';
import { Address } from './address/address.ts';
import { Announcer } from './address/announcer.ts';
import { presentAddresses } from './address/ip.ts';
import { Group, type Started } from './group.ts';
import { runnableOf } from './runnable-of.ts';

export interface ResourcesOptions {
  /** Of haresources, in its order, in which {@link checkResources} finds no error. */
  readonly groups: readonly ResourceGroup[];
  /** This node's name, in lower case: its groups are `local`. */
  readonly self: string;
  readonly log: Log;
  /** Where scripts are looked for; default: {@link SCRIPT_FOLDERS}. */
  readonly folders?: readonly string[];
  /** For scripts, see {@link scriptEnvironment}; default: nothing is added. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long one call of a script may take, and all tries to stop it together, milliseconds; default: two
   *  minutes. */
  readonly scriptMs?: number;
  /** Where scripts stand while they run; default: nowhere. */
  readonly programs?: Programs;
}

export const SCRIPT_FOLDERS: readonly string[] = [
  '/etc/ha.d/resource.d',
  '/etc/init.d',
];
const SCRIPT_MS = 120_000;

/** What groups of haresources are on this host: scripts and addresses, started and stopped one after the other,
 *  in the order of the calls. Whoever makes it closes it. */
export class Resources implements AsyncDisposable {
  readonly #self: string;
  readonly #log: Log;
  readonly #groups: readonly Group[];
  readonly #addresses: readonly { readonly node: string; readonly address: Address }[];
  readonly #announcer: Announcer;
  readonly #controller = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  /** @throws RangeError  a resource whose words {@link checkResources} refuses */
  constructor(options: ResourcesOptions) {
    const { groups, self, log, folders = SCRIPT_FOLDERS, env = {} } = options;
    const { scriptMs: ms = SCRIPT_MS, programs = new Programs() } = options;
    this.#self = self;
    this.#log = log;
    this.#announcer = new Announcer(log);
    const how = { folders, env, ms, log, programs, announcer: this.#announcer };
    const made = groups.map((source) => ({
      source,
      resources: source.resources.map((resource) => runnableOf(resource, how)),
    }));
    this.#groups = made.map(
      ({ source, resources }) => new Group(source, resources, { log, stopMs: ms }),
    );
    this.#addresses = made.flatMap(({ source: { node }, resources }) =>
      resources.flatMap((address) =>
        address instanceof Address ? [{ node, address }] : [],
      ),
    );
  }

  /** Starts these groups, in the order of haresources. Of one that fails nothing runs; the others run. One that could
   *  not be stopped again stays here, and the log says so.
   *  @returns  the parts of which a group failed, and none could not be stopped
   *  Rejects with an AbortError when it is closed meanwhile. */
  acquire(hold: Hold): Promise<Hold> {
    return this.#inTurn(async (signal) => {
      const ends: Record<Started, Hold> = {
        runs: 'none',
        failed: 'none',
        stuck: 'none',
      };
      for (const group of this.#of(hold)) {
        const end = await group.start(signal);
        ends[end] = plus(ends[end], this.#partOf(group.source));
      }
      return minus(ends.failed, ends.stuck);
    });
  }

  /** Stops these groups, the last one first, whether they run or not.
   *  @returns  the parts of which something goes on, and was told to the log; rejects as `acquire` */
  release(hold: Hold): Promise<Hold> {
    return this.#inTurn(async (signal) => {
      let failed: Hold = 'none';
      for (const group of this.#of(hold).toReversed())
        if (!(await group.stop(signal)))
          failed = plus(failed, this.#partOf(group.source));
      return failed;
    });
  }

  /** Tells neighbours of the addresses that are here once more: at once, whatever scripts run. */
  announce(): void {
    this.#announce(this.#controller.signal).catch((error: unknown) =>
      this.#failed('nothing is announced', error),
    );
  }

  /** At start: the addresses of haresources that are on this host and that it does not hold go. A node that was
   *  killed has left them; the other one may have them by now.
   *  @param mine  what it holds all the same: a node that is begun anew and keeps its groups
   *  Rejects where `ip` is missing, and as `acquire` does; an address that stays is told to the log. */
  dropStray(mine: Hold = 'none'): Promise<void> {
    return this.#inTurn(async (signal) => {
      if (this.#addresses.length === 0) return;
      const present = await presentAddresses(signal);
      for (const { node, address } of this.#addresses) {
        if (has(mine, this.#partOf({ node })) || !address.isAmong(present)) continue;
        try {
          this.#log.warn(`${address.word} is here, left by an earlier run: it goes`);
          await address.stop(signal);
        } catch (error) {
          signal.throwIfAborted();
          this.#failed(`${address.word} may be on both nodes`, error);
        }
      }
    });
  }

  /** Ends what runs of scripts; nothing is stopped by it. */
  async close(): Promise<void> {
    this.#controller.abort();
    await this.#last;
    await this.#announcer.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #announce(signal: AbortSignal): Promise<void> {
    if (this.#addresses.length === 0) return;
    const present = await presentAddresses(signal);
    signal.throwIfAborted();
    for (const { address } of this.#addresses) address.announce(present);
  }

  #inTurn<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    const turn = this.#last.then(() => {
      signal.throwIfAborted();
      return act(signal);
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  #of(hold: Hold): readonly Group[] {
    return this.#groups.filter(({ source }) => has(hold, this.#partOf(source)));
  }

  #partOf({ node }: Pick<ResourceGroup, 'node'>): Part {
    return node === this.#self ? 'local' : 'foreign';
  }

  #failed(what: string, error: unknown): void {
    if (!this.#controller.signal.aborted) this.#log.error(`${what}: ${String(error)}`);
  }
}
