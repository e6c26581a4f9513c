import { inNamespace } from '../namespaces.ts';
import { Program } from '../program.ts';
import { CLIENT } from './network.ts';
import type { Order, Said } from './protocol.ts';

/** Whoever makes load, on the client's host; ends with this. */
export class LabClient implements AsyncDisposable {
  /** Words in front of a command that run it there. */
  readonly prefix = inNamespace(CLIENT);
  readonly #program = new Program<Said>('kernel/client', [], this.prefix);

  /** One order at a time. @throws when it cannot be done, or the signal aborts */
  async ask(order: Order, signal: AbortSignal): Promise<number> {
    this.#program.send(JSON.stringify(order));
    const said = await this.#program.next(signal);
    if ('error' in said) throw new Error(said.error);
    return said.result;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#program[Symbol.asyncDispose]();
  }
}
