import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Host } from './network.ts';

const WAITER = 'echo; exec sleep infinity';

/** The IPv4 addresses of a host, as its kernel says. They are looked at twenty times a second, and a program for each
 *  look takes the processor for longer than all that is tested: /proc shows what a process sees that waits there. */
export class Addresses {
  readonly #host: Host;
  #waiter: Promise<ChildProcess> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  async has(address: string): Promise<boolean> {
    const table = (await this.#look()) ?? (await this.#look());
    if (table === undefined) throw new Error(`no look at ${this.#host.name}`);
    return table.includes(`|-- ${address}\n`);
  }

  /** @returns proc(5)'s fib_trie; undefined: a `kill -9` of all that runs there has taken the one that waited, too */
  async #look(): Promise<string | undefined> {
    this.#waiter ??= waiterOn(this.#host);
    const waiter = this.#waiter;
    const { pid, exitCode, signalCode } = await waiter;
    try {
      if (exitCode === null && signalCode === null)
        return readFileSync(`/proc/${pid}/net/fib_trie`, 'latin1');
    } catch {
      // it is a zombie
    }
    if (this.#waiter === waiter) this.#waiter = undefined;
    return undefined;
  }
}

/** It ends with the host. */
async function waiterOn(host: Host): Promise<ChildProcess> {
  const child = host.spawn('sh', ['-c', WAITER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const isThere = child.stdout ? once(child.stdout, 'data') : undefined;
  await Promise.race([isThere, once(child, 'exit')]);
  return child;
}
