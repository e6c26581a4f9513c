import { type ChildProcess, spawn } from 'node:child_process';
import { childEnvironment } from '../../model/child-environment.ts';

/** Asks hosts whether they are there, by ping(8): a program for each, as raw sockets need native code. */
export class Pings {
  readonly #waitSeconds: string;
  readonly #answered: (name: string) => void;
  readonly #running = new Map<string, ChildProcess>();

  /** @param waitMs  for an answer, whole seconds at least
   *  @param answered  called for each host that answers, with the name that it was asked under */
  constructor(waitMs: number, answered: (name: string) => void) {
    this.#waitSeconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
    this.#answered = answered;
  }

  /** All hosts at a time. One that has not answered yet is not asked again. */
  ask(name: string, hosts: readonly string[]): void {
    for (const host of hosts) this.#one(name, host);
  }

  close(): void {
    for (const child of this.#running.values()) child.kill('SIGKILL');
    this.#running.clear();
  }

  #one(name: string, host: string): void {
    const key = `${name} ${host}`;
    if (this.#running.has(key)) return;
    const args = ['-n', '-q', '-c', '1', '-w', this.#waitSeconds, '--', host];
    const child = spawn('ping', args, { stdio: 'ignore', env: childEnvironment() });
    this.#running.set(key, child);
    const done = (code: number | null): void => {
      if (this.#running.get(key) !== child) return;
      this.#running.delete(key);
      if (code === 0) this.#answered(name);
    };
    child.once('error', () => done(null)).once('exit', done);
  }
}
