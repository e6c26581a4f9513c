import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../../../model/log.ts';
import { type Announced, findWay, type Way } from './announcement-ways.ts';

/** Tells neighbours, in the background, that an address is here: by gratuitous ARP, or by unsolicited neighbour
 *  advertisements. Whoever makes it closes it. */
export class Announcer {
  readonly #log: Log;
  readonly #running = new Map<string, AbortController>();
  readonly #work = new Set<Promise<void>>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Begins anew where one for that address is running. */
  announce(announced: Announced): void {
    this.withdraw(announced.address);
    const controller = new AbortController();
    this.#running.set(announced.address, controller);
    const work = this.#tell(announced, controller.signal)
      .catch((error: Error) => this.#failed(announced, error, controller.signal))
      .finally(() => {
        this.#work.delete(work);
        if (this.#running.get(announced.address) === controller)
          this.#running.delete(announced.address);
      });
    this.#work.add(work);
  }

  /** The address goes: nothing more is said of it. */
  withdraw(address: string): void {
    this.#running.get(address)?.abort();
    this.#running.delete(address);
  }

  async close(): Promise<void> {
    for (const address of [...this.#running.keys()]) this.withdraw(address);
    await Promise.all(this.#work);
  }

  async #tell(announced: Announced, signal: AbortSignal): Promise<void> {
    const way = await findWay(announced);
    const { device, address } = announced;
    this.#log.info(`Announcing ${address} on ${device} (${way.name})`);
    await tellBy(way, announced, signal);
  }

  #failed({ address, device }: Announced, error: Error, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#log.error(
      `${address} on ${device} could not be announced: neighbours may send to the other node until they ask again (${error.message}); iputils-arping or resource-agents helps`,
    );
  }
}

/** Turns begin by the clock: a program that sends one announcement waits a second for answers. */
async function tellBy(
  way: Way,
  announced: Announced,
  signal: AbortSignal,
): Promise<void> {
  const turns: Promise<unknown>[] = [];
  let failure: unknown;
  try {
    for (let turn = 0; turn < way.turns; turn++) {
      if (turn > 0) await delay(way.everyMs, undefined, { signal });
      turns.push(way.tell(announced, turn, signal).catch((error: unknown) => error));
    }
  } finally {
    // One that has begun puts a setting of the kernel back, also where the address goes meanwhile.
    failure = (await Promise.all(turns)).find((error) => error !== undefined);
  }
  if (failure !== undefined) throw failure;
}
