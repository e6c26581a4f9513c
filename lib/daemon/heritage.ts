import type { Instance } from '../instance/instance.ts';
import type { Launch } from '../instance/launch.ts';
import type { Heritage, LeftClients, LeftNumbers } from '../model/heritage.ts';
import type { Log } from '../model/log.ts';
import { type ClientsFile, clientsFile, MOST_CLIENTS } from '../state/clients-file.ts';
import { type NumbersFile, numbersFile } from '../state/numbers-file.ts';

/** What a `kill -9` costs at most: clients that came first within that time. */
const EVERY_MS = 60_000;

/** What outlives the director of what its engines have only in this process: on disk, for the next run. */
export interface HeritageKeeper {
  /** Goes on with all that is on disk, which the director before has left there. Never rejects. */
  complete(): Promise<void>;
  /** Settles when the counters count on from where they were: what is told of them before would be a leap. */
  readonly counted: Promise<void>;
  /** From now on it is written every minute. */
  keep(): void;
  /** Writes the clients now. Never rejects. */
  write(): Promise<void>;
  /** Settles when {@link leave} was called, and what it wrote is there. */
  readonly left: Promise<void>;
  /** This director's clients and counters are complete, as it takes no more: they are written for the
   *  successor, and nothing more by this director. */
  leave(): Promise<void>;
  /** A stop: writes all for the last time; where this director never was in charge, the counters as it has found
   *  them; where a successor is, nothing. */
  close(): Promise<void>;
}

/** Goes on with what an earlier run left. A successor's counters are still the other's to write. Never
 *  rejects.
 *  @param heritages  of the engines that have any; nothing is in their tables yet */
export async function openHeritage(
  heritages: readonly Heritage[],
  { instance, predecessor }: Pick<Launch, 'instance' | 'predecessor'>,
  log: Log,
): Promise<HeritageKeeper> {
  const keeper = new Keeper(heritages, instance, log);
  await (predecessor ? keeper.take() : keeper.complete());
  return keeper;
}

class Keeper implements HeritageKeeper {
  readonly counted: Promise<void>;
  readonly left: Promise<void>;
  readonly #heritages: readonly Heritage[];
  readonly #clients: ClientsFile;
  readonly #numbers: NumbersFile;
  readonly #log: Log;
  /** Of the next time that the clients are written; undefined: nobody goes on writing them. */
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #completing: Promise<void> | undefined;
  /** Of the counters, from disk, where there are none any more. */
  #taken: readonly LeftNumbers[] = [];
  #closing: Promise<void> | undefined;
  #haveCounted = () => {};
  #haveLeft = () => {};

  constructor(
    heritages: readonly Heritage[],
    { clients, numbers }: Pick<Instance, 'clients' | 'numbers'>,
    log: Log,
  ) {
    this.#heritages = heritages;
    this.#clients = clientsFile(clients, log);
    this.#numbers = numbersFile(numbers, log);
    this.#log = log;
    this.counted = new Promise((resolve) => {
      this.#haveCounted = resolve;
    });
    this.left = new Promise((resolve) => {
      this.#haveLeft = resolve;
    });
  }

  async take(): Promise<void> {
    const left = await this.#clients.read();
    for (const one of this.#heritages) one.take(left);
  }

  complete(): Promise<void> {
    this.#completing = this.#complete();
    return this.#completing;
  }

  async #complete(): Promise<void> {
    const left = await this.#numbers.take();
    this.#taken = left;
    for (const one of this.#heritages) one.count(left);
    this.#haveCounted();
    await this.take();
  }

  keep(): void {
    this.#timer ??= setInterval(() => void this.write(), EVERY_MS);
    for (const one of this.#heritages) one.readAgain(() => this.#read());
  }

  /** What was written last. */
  async #read(): Promise<readonly LeftClients[]> {
    await this.#writing;
    return this.#clients.read();
  }

  write(): Promise<void> {
    this.#writing = this.#writing
      .then(() => this.#writeClients())
      .catch((error: unknown) => {
        this.#log.error(`Clients that persist are not written: ${String(error)}`);
      });
    return this.#writing;
  }

  async leave(): Promise<void> {
    await this.close();
    this.#haveLeft();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#completing;
    if (!this.#timer) return this.#putBack();
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.write();
    await this.#numbers.write(this.#heritages.flatMap((one) => one.numbers()));
  }

  /** It never was in charge: what it took is for the next one. */
  async #putBack(): Promise<void> {
    if (this.#taken.length > 0) await this.#numbers.write(this.#taken);
  }

  async #writeClients(): Promise<void> {
    const all = this.#heritages.map((one) => one.clients(MOST_CLIENTS));
    await this.#clients.write((await Promise.all(all)).flat());
  }
}
