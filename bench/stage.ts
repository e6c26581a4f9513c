import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inQuota } from './cgroup.ts';
import { Child } from './child.ts';
import { freePort } from './free-port.ts';
import { answers } from './load/queries.ts';
import { type Place, places } from './place.ts';
import { realServers } from './real-servers.ts';
import type { Kinds } from './subjects/index.ts';
import { nodePeer } from './subjects/node-peer.ts';
import type { Kind, Setup, Subject } from './subjects/subject.ts';

/** What a stage looks like. Two of one name are the same. */
export interface Layout {
  readonly name: string;
  readonly reals: number;
  /** Virtual services, each with all real servers. */
  readonly services: number;
  /** Most client connections at once. */
  readonly connections: number;
  readonly kinds: Kinds;
  /** It is DNS over UDP that is carried, not TCP. */
  readonly datagrams?: boolean;
  /** Words in front of every command. */
  readonly prefix?: readonly string[];
}

/** What all stages of a run have in common. */
export interface Run {
  readonly folder: string;
  /** The Node that runs the director and the peers that are Node programs. */
  readonly node: string;
  readonly megabytes: number;
}

/** Real servers and whoever carries connections to them, all running until this is disposed. */
export class Stage implements AsyncDisposable {
  readonly subjects: Subject[] = [];
  readonly #children: Child[] = [];
  readonly #run: Run;
  readonly #layout: Layout;
  #reals: readonly Place[] = [];

  /** It is DNS over UDP that is carried, not TCP. */
  get datagrams(): boolean {
    return this.#layout.datagrams ?? false;
  }

  private constructor(run: Run, layout: Layout) {
    this.#run = run;
    this.#layout = layout;
  }

  /** Settles when all listen. @throws when one does not */
  static async start(run: Run, layout: Layout): Promise<Stage> {
    const stage = new Stage(run, layout);
    try {
      await stage.#startReals();
      for (const [name, kind] of Object.entries(layout.kinds))
        if (!kind.lacks() && (kind.manyServices || layout.services === 1))
          stage.subjects.push(await stage.#startSubject(name, kind));
      const [place = { host: '', port: 0 }] = stage.#reals;
      const again = () => Promise.reject(new Error('nobody to start'));
      stage.subjects.push({ name: 'direct', child: undefined, place, again });
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #startReals(): Promise<void> {
    const { reals, connections } = this.#layout;
    this.#reals = places('real', reals, await freePort());
    const folder = this.#folder('real-servers');
    const words = this.datagrams
      ? nodePeer('echo').command({ ...this.#setup(folder), services: [] })
      : realServers(folder, this.#reals, 2 * connections, this.#run.megabytes);
    await this.#start('real servers', words, this.#reals);
  }

  async #startSubject(name: string, kind: Kind): Promise<Subject> {
    let starts = 0;
    const start = async () => {
      const services = places('service', this.#layout.services, await freePort());
      const folder = this.#folder(`${name.replaceAll(/\W+/g, '-')}-${starts++}`);
      const words = kind.command({ ...this.#setup(folder), services });
      const quota = kind.quota ? inQuota(String(kind.quota), kind.quota) : [];
      return this.#start(name, [...quota, ...words], services);
    };
    return { name, ...(await start()), again: start };
  }

  #setup(folder: string): Omit<Setup, 'services'> {
    const { connections } = this.#layout;
    const { datagrams } = this;
    const { node } = this.#run;
    return { folder, reals: this.#reals, connections, datagrams, node };
  }

  async #start(
    name: string,
    words: readonly string[],
    at: readonly Place[],
  ): Promise<{ readonly child: Child; readonly place: Place }> {
    const { prefix = [] } = this.#layout;
    const child = new Child(name, [...prefix, ...words]);
    this.#children.push(child);
    const place = at.at(-1) ?? { host: '', port: 0 };
    await child.listening(place.host, place.port, this.datagrams ? answers : undefined);
    return { child, place };
  }

  #folder(name: string): string {
    const folder = join(this.#run.folder, this.#layout.name, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#children.map((child) => child[Symbol.asyncDispose]()));
  }
}

/** The stages of a run by their names, each started when it is first asked for. */
export class Stages implements AsyncDisposable {
  readonly #started = new Map<string, Stage>();
  readonly #run: Run;
  readonly #ready: (stage: Stage) => Promise<void>;

  /** @param ready  what to do with a stage that has just started */
  constructor(run: Run, ready: (stage: Stage) => Promise<void>) {
    this.#run = run;
    this.#ready = ready;
  }

  async get(layout: Layout): Promise<Stage> {
    const known = this.#started.get(layout.name);
    if (known) return known;
    const stage = await Stage.start(this.#run, layout);
    this.#started.set(layout.name, stage);
    await this.#ready(stage);
    return stage;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stages = [...this.#started.values()];
    await Promise.all(stages.map((stage) => stage[Symbol.asyncDispose]()));
  }
}
