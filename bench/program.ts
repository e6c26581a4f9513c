import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A part of the bench as a process of its own, which says things over a channel and ends when
 *  that closes. `Heard` is what it says: both ends are of this bench, and built together. */
export class Program<Heard> implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #name: string;

  /** @param name    of a file from this folder on, without its extension
   *  @param prefix  words in front of the command, such as `taskset -c 0` */
  constructor(
    name: string,
    args: readonly string[],
    prefix: readonly string[] = [],
    node = process.execPath,
  ) {
    this.#name = name;
    const file = fileURLToPath(new URL(`${name}.js`, import.meta.url));
    const [command = node, ...rest] = [...prefix, node, file, ...args];
    this.#process = spawn(command, rest, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  send(message: string): void {
    this.#process.send(message);
  }

  /** The next thing it says. @throws when it ends instead, or the signal aborts */
  async next(signal: AbortSignal): Promise<Heard> {
    const done = new AbortController();
    const either = { signal: AbortSignal.any([signal, done.signal]) };
    const ended = once(this.#process, 'exit', either).then(([code]) => {
      throw new Error(`${this.#name} ended with ${code}`);
    });
    try {
      const said = once(this.#process, 'message', either).then(
        ([heard]) => heard as Heard,
      );
      return await Promise.race([said, ended]);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      done.abort();
      ended.catch(() => {});
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.running) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}
