import { Program } from '../program.ts';
import type { Asked, Heard } from './protocol.ts';

const PORTS = 4;

type Told = Extract<Heard, { kind: 'lateness' }>;

/** The real servers of the bench: every address of the loopback network, at a few ports. */
export class Listeners implements AsyncDisposable {
  readonly ports: readonly number[];
  readonly #program: Program<Heard>;

  private constructor(program: Program<Heard>, ports: readonly number[]) {
    this.#program = program;
    this.ports = ports;
  }

  static async start(
    intervalMs: number,
    prefix: readonly string[],
    node: string,
    signal: AbortSignal,
  ): Promise<Listeners> {
    const args = [String(PORTS), String(intervalMs)];
    const program = new Program<Heard>('checks/listener', args, prefix, node);
    const said = await program.next(signal);
    if (said.kind !== 'ports') throw new Error('the listeners named no ports');
    return new Listeners(program, said.ports);
  }

  /** Begins to note arrivals, and forgets earlier ones. */
  watch(): void {
    this.#ask('watch');
  }

  /** What came since then. */
  async tell(signal: AbortSignal): Promise<Told> {
    const next = this.#program.next(signal);
    this.#ask('tell');
    const said = await next;
    if (said.kind !== 'lateness') throw new Error(`the listeners told of ${said.kind}`);
    return said;
  }

  #ask(asked: Asked): void {
    this.#program.send(asked);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
