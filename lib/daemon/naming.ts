import type { Config } from '../config/config.ts';
import type { Director } from '../director/director.ts';
import type { Launch } from '../instance/launch.ts';
import { late } from '../model/late.ts';
import type { Log } from '../model/log.ts';
import type { NameStatus } from '../model/name-status.ts';
import type { NameKeeper } from '../names/index.ts';
import { type NamesFile, namesFile } from '../state/names-file.ts';
import type { Closers } from './closers.ts';
import type { Ending } from './ending.ts';

/** How long a start or a reload waits for the first answer to a name: engines of the kernel take out what the
 *  first table does not have. */
const FIRST_ANSWER_MS = 2_000;
/** Answers that come within that time are written together. */
const WRITE_MS = 1_000;

/** Stands before the director: configs go in with names, and out with the real servers that these stand for. */
export interface Naming {
  /** As {@link Director.apply}, and again whenever the names have other servers. Where that rejects the names of the
   *  config before stay. */
  apply(config: Config): Promise<void>;
  status(): readonly NameStatus[];
  /** A successor is in charge: from now on what it learns is written. */
  own(): void;
  /** Settles when what is known is on disk, or cannot be written. */
  flush(): Promise<void>;
}

interface Surroundings {
  readonly launch: Pick<Launch, 'instance' | 'predecessor'>;
  readonly closers: Pick<Closers, 'add'>;
  readonly ending: Pick<Ending, 'signal' | 'handedOver'>;
  readonly log: Log;
}

/** Nothing is loaded, asked or written until a config has a name, and nothing changes any more once the end has
 *  been asked for. */
export function openNaming(
  director: Pick<Director, 'apply'>,
  { launch, closers, ending, log }: Surroundings,
): Naming {
  const file = namesFile(launch.instance.names, log);
  const naming = new Names(director, file, log, launch.predecessor === undefined);
  ending.signal.addEventListener('abort', () => naming.stop());
  closers.add('real servers by name', () => naming.close(!ending.handedOver));
  return naming;
}

class Names implements Naming {
  readonly #director: Pick<Director, 'apply'>;
  readonly #file: NamesFile;
  readonly #log: Log;
  #keeper: NameKeeper | undefined;
  #opening: Promise<NameKeeper> | undefined;
  #isOwn: boolean;
  /** The director has it. */
  #applied: Config | undefined;
  #isStopped = false;
  /** Whether the servers have changed since the director was last told. */
  #isBehind = false;
  #following = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    director: Pick<Director, 'apply'>,
    file: NamesFile,
    log: Log,
    isOwn: boolean,
  ) {
    this.#director = director;
    this.#file = file;
    this.#log = log;
    this.#isOwn = isOwn;
  }

  async apply(config: Config): Promise<void> {
    if (this.#isStopped) return;
    if (config.virtuals.some(({ options }) => options.realsFrom.length > 0))
      this.#opening ??= this.#open().catch((error: unknown) => this.#notOpened(error));
    const keeper = await this.#opening;
    const next = keeper ? await keeper.follow(config, FIRST_ANSWER_MS) : config;
    // It may know of no server any more.
    if (this.#isStopped) return;
    try {
      await this.#director.apply(next);
      this.#applied = config;
    } catch (error) {
      if (this.#applied) await keeper?.follow(this.#applied, 0);
      throw error;
    }
  }

  status(): readonly NameStatus[] {
    return this.#keeper?.status() ?? [];
  }

  own(): void {
    this.#isOwn = true;
    if (this.#keeper) this.#learned();
  }

  async flush(): Promise<void> {
    if (this.#timer) this.#write();
    await this.#writing;
  }

  stop(): void {
    this.#isStopped = true;
    this.#keeper?.[Symbol.dispose]();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Never rejects.
   *  @param last  whether what is known is written once more */
  async close(last: boolean): Promise<void> {
    this.stop();
    if (last && this.#isOwn && this.#keeper) this.#write();
    await this.#writing;
  }

  /** A config without names goes on, and the next one with names tries again. */
  #notOpened(error: unknown): never {
    this.#opening = undefined;
    throw error;
  }

  async #open(): Promise<NameKeeper> {
    const left = await this.#file.read();
    const { createNameKeeper } = await late(() => import('../names/index.ts'));
    const keeper = createNameKeeper(
      {
        changed: () => void this.#follow(),
        learned: () => this.#learned(),
        log: this.#log,
      },
      left,
    );
    if (this.#isStopped) keeper[Symbol.dispose]();
    this.#keeper = keeper;
    return keeper;
  }

  /** Tells the director; what comes meanwhile is told together afterwards. */
  async #follow(): Promise<void> {
    this.#isBehind = true;
    if (this.#following) return;
    this.#following = true;
    while (this.#isBehind && !this.#isStopped) {
      this.#isBehind = false;
      const config = this.#keeper?.current;
      if (config) await this.#director.apply(config).catch(this.#failed);
    }
    this.#following = false;
  }

  readonly #failed = (error: unknown) => {
    this.#log.error(`Real servers by name cannot be applied: ${String(error)}`);
  };

  #learned(): void {
    if (this.#isOwn && !this.#isStopped)
      this.#timer ??= setTimeout(() => this.#write(), WRITE_MS);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const left = this.#keeper?.left() ?? [];
    this.#writing = this.#writing.then(() => this.#file.write(left));
  }
}
