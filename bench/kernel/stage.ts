import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../child.ts';
import { inNamespace } from '../namespaces.ts';
import type { Place } from '../place.ts';
import { realServers } from '../real-servers.ts';
import { haproxy } from '../subjects/haproxy.ts';
import type { Kinds } from '../subjects/index.ts';
import { l4director } from '../subjects/l4director.ts';
import { oneRule, tracked } from '../subjects/nft-ruleset.ts';
import { LabClient } from './lab-client.ts';
import { buildNetwork, REALS, type Way } from './network.ts';
import type { KernelOptions } from './options.ts';

/** A host that routes, and tracks connections. */
const TRACKED = 'tracked';
/** Nobody between but the kernel of a host that routes. */
const DIRECT = 'direct';

/** Who stands between, in the order of the report. */
export const KINDS = {
  net: l4director({ workers: 1, engine: 'net' }),
  nftables: l4director({ workers: 1, engine: 'nftables' }),
  haproxy: haproxy(1),
  'one rule': oneRule,
  [TRACKED]: tracked,
} as const satisfies Kinds;

export const SUBJECTS: readonly string[] = [...Object.keys(KINDS), DIRECT];

/** One that runs. */
export interface KernelSubject {
  readonly name: string;
  readonly child: Child | undefined;
  /** Where half of the load goes each: twice its service, or each of the real servers. */
  readonly places: readonly Place[];
}

const PORT = 80;
/** Most client connections at once. */
const CONNECTIONS = 250;

/** A network with all subjects at work, until this is disposed; the run's guard removes it. */
export class KernelStage implements AsyncDisposable {
  readonly client = new LabClient();
  readonly subjects: KernelSubject[] = [];
  readonly #children: Child[] = [];
  readonly #folder: string;
  readonly #options: KernelOptions;

  private constructor(folder: string, options: KernelOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /** Settles when all answer. @throws when one does not */
  static async start(
    folder: string,
    options: KernelOptions,
    signal: AbortSignal,
  ): Promise<KernelStage> {
    const here = Object.entries(KINDS).filter(([, kind]) => !kind.lacks());
    const ways = await buildNetwork([...here.map(([name]) => name), DIRECT], signal);
    const stage = new KernelStage(folder, options);
    try {
      for (const real of REALS) stage.#startReal(real);
      for (const [n, way] of ways.entries())
        await stage.#add(way, here[n] ?? [DIRECT, undefined], signal);
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  #startReal(host: string): void {
    const anywhere = [{ host: '0.0.0.0', port: PORT }];
    const { megabytes } = this.#options;
    const words = realServers(this.#own(host), anywhere, 2 * CONNECTIONS, megabytes);
    this.#start(host, host, words);
  }

  async #add(
    { host, service, reals }: Way,
    [name, kind]: readonly [string, Kinds[string] | undefined],
    signal: AbortSignal,
  ): Promise<void> {
    const servers = reals.map((address) => ({ host: address, port: PORT }));
    const place = { host: service, port: PORT };
    const words = kind?.command({
      folder: this.#own(name),
      ...{ services: [place], reals: servers, connections: CONNECTIONS },
      ...{ datagrams: false, node: this.#options.node },
    });
    const child = words && this.#start(name, host, words);
    const balanced = child && name !== TRACKED;
    const places = balanced ? [place, place] : servers;
    // With nobody who balances it is the real servers that must answer; they were started first.
    const whose = balanced ? [child, child] : this.#children.slice(0, REALS.length);
    for (const [n, at] of places.entries()) {
      const asked = () => this.client.ask({ kind: 'try', place: at }, signal);
      const answers = async () => (await asked()) === 1;
      await whose[n]?.ready(`answer at ${at.host}:${at.port}`, answers);
    }
    this.subjects.push({ name, child, places });
  }

  #start(name: string, host: string, words: readonly string[]): Child {
    const child = new Child(name, [...inNamespace(host), ...words]);
    this.#children.push(child);
    return child;
  }

  #own(name: string): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await Promise.all(this.#children.map((child) => child[Symbol.asyncDispose]()));
  }
}
