import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from '../child.ts';
import { freePort } from '../free-port.ts';
import { configuration, type Shape } from './config.ts';
import { listening } from './listening.ts';

const DIRECTOR = fileURLToPath(new URL('../../bin/l4director.js', import.meta.url));

/** What a measurement works with. */
export interface Bench {
  readonly node: string;
  /** For configs, logs and the control socket. */
  readonly folder: string;
  /** Of all real servers. */
  readonly realPort: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/** How many services, how they are checked, and by how many workers they are carried. */
export interface Case extends Pick<Shape, 'services' | 'checktype'> {
  readonly workers: number;
}

/** A director in the foreground; its config can be written anew. */
export class Daemon implements AsyncDisposable {
  readonly port: number;
  /** When it was started, on the clock of `performance.now()`. */
  readonly began: number;
  readonly #bench: Bench;
  readonly #case: Case;
  readonly #config: string;
  readonly #child: Child;

  private constructor(bench: Bench, is: Case, port: number) {
    this.#bench = bench;
    this.#case = is;
    this.port = port;
    this.#config = join(bench.folder, 'scale.cf');
    this.configure(is.services);
    writeFileSync(`${this.#config}.ini`, `[net]\nworkers = ${is.workers}\n`);
    const runtime = join(bench.folder, 'run');
    mkdirSync(runtime, { recursive: true });
    const args = ['--foreground', '--runtime-dir', runtime, this.#config, 'start'];
    this.began = performance.now();
    this.#child = new Child('l4director', [bench.node, DIRECTOR, ...args]);
  }

  /** Not yet at work: see {@link Daemon.listening}. */
  static async start(bench: Bench, is: Case): Promise<Daemon> {
    return new Daemon(bench, is, await freePort());
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Writes its config; it reads that at a reload. */
  configure(services: number): void {
    const { realPort, folder } = this.#bench;
    const shape = { ...this.#case, services, port: this.port, realPort };
    writeFileSync(this.#config, configuration(shape, join(folder, 'scale.log')));
  }

  reload(): void {
    process.kill(this.pid, 'SIGHUP');
  }

  /** Settles when every worker listens for so many services. @throws with its last words */
  async listening(services: number): Promise<void> {
    const { signal } = this.#bench;
    try {
      await listening(this.port, services * this.#case.workers, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw new Error(`l4director: ${error}\n${this.#child.said}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }
}
