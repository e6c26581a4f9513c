import type { ServerEntry, ServiceEntry, ServiceTable } from '../../model/engine.ts';
import type { Log } from '../../model/log.ts';
import { within } from '../../model/within.ts';
import { Afterlife } from '../afterlife.ts';
import { type ConntrackWatch, watchConntrack } from './conntrack.ts';
import { createFlowCounts, createTally, type Tally } from './flow-counts.ts';
import { keyOf, keysOf } from './flow-keys.ts';
import type { Flow } from './picking/conntrack-line.ts';
import { changes, type Open } from './sources.ts';

/** Numbers that are read when they are asked for are not read again so soon. */
const FRESH_MS = 1000;
/** Who asks waits no longer than this, where there are very many connections; then they are those of
 *  the time before. */
const WAIT_MS = 500;

const NONE: Open = { active: 0, inactive: 0, opened: 0, silent: 0 };

/** How many connections each server has through each service, from the kernel's connection tracking: at
 *  any moment where the picking follows them, else when they are asked for. */
export class OpenFlows {
  readonly #tallies = new Map<string, Tally>();
  readonly #log: Pick<Log, 'warn'>;
  readonly #end = new AbortController();
  #watch: ConntrackWatch | undefined;
  #follows = false;
  #askedAt = -Infinity;
  #asked: Promise<void> = Promise.resolve();

  readonly #program: readonly string[];
  readonly #afterlife: Afterlife;

  /** @param log    for failures; few lines
   *  @param enter  words before the program's
   *  @param proc   where procfs is mounted */
  constructor(log: Pick<Log, 'warn'>, enter: readonly string[], proc: string) {
    this.#log = log;
    this.#afterlife = new Afterlife(proc);
    this.#program = [...enter, 'conntrack'];
  }

  /** Why none are counted at present, with the mend; undefined: they are. */
  get problem(): string | undefined {
    const problem = this.#watch?.problem;
    return (
      problem &&
      `${problem}; it takes the program conntrack: "apt-get install conntrack"`
    );
  }

  /** Counts for these services from now on, and no others. */
  follow(table: ServiceTable): void {
    const keys = table.flatMap(({ service, servers }) =>
      servers.map((server) => keyOf(service, server)),
    );
    const wanted = new Set(keys);
    this.#follows = table.some(changes);
    this.#watch?.listen(this.#follows);
    for (const key of this.#tallies.keys())
      if (!wanted.has(key)) this.#tallies.delete(key);
    let more = false;
    for (const key of wanted) {
      if (this.#tallies.has(key)) continue;
      this.#tallies.set(key, createTally());
      more = true;
    }
    if (more) this.#read();
  }

  of({ service }: ServiceEntry, server: ServerEntry): Open {
    const tally = this.#tallies.get(keyOf(service, server));
    if (!tally) return NONE;
    const { active, inactive, ...counts } = tally;
    return { active: active.connections, inactive: inactive.connections, ...counts };
  }

  /** Settles when the counts are no older than a second, or that takes too long. */
  async fresh(): Promise<void> {
    const now = performance.now();
    if (this.#follows || !this.#watch) return;
    if (now - this.#askedAt >= FRESH_MS) {
      this.#askedAt = now;
      this.#asked = this.#watch.resync();
    }
    await within(WAIT_MS, this.#asked, () => undefined);
  }

  /** There is something to count for, or was until now. */
  used(): void {
    this.#afterlife.used();
  }

  /** Counts anew. @returns whether none is open of all that it counts for, and the kernel has forgotten
   *  those that were */
  async areOver(): Promise<boolean> {
    await this.#watch?.resync();
    let sum = 0;
    for (const { active } of this.#tallies.values()) sum += active.connections;
    return this.#afterlife.isOver(sum);
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#watch?.close();
  }

  /** Of the connections that are there already. */
  #read(): void {
    if (this.#end.signal.aborted) return;
    this.#watch ??= watchConntrack({
      sink: createFlowCounts((flow) => this.#tallyOf(flow)),
      log: this.#log,
      signal: this.#end.signal,
      program: this.#program,
      listens: this.#follows,
    });
    void this.#watch.resync();
  }

  #tallyOf(flow: Flow): Tally | undefined {
    for (const key of keysOf(flow)) {
      const tally = this.#tallies.get(key);
      if (tally) return tally;
    }
    return undefined;
  }
}
