import type { Heritage } from '../model/heritage.ts';
import type { Log } from '../model/log.ts';
import { clientsFile, MOST_CLIENTS } from '../state/clients-file.ts';

/** What a `kill -9` costs at most: clients that came first within that time. */
const EVERY_MS = 60_000;

/** What outlives the director of what its engines have only in this process: on disk, for the next run. */
export interface HeritageKeeper {
  /** Goes on with what is on disk. Never rejects. */
  take(): Promise<void>;
  /** From now on it is written every minute. */
  keep(): void;
  /** Writes it now. Never rejects. */
  write(): Promise<void>;
  /** Settles when {@link leave} was called, and what it wrote is there. */
  readonly left: Promise<void>;
  /** This director's clients are complete, as it takes no more: they are written for the successor, and
   *  nothing more by this director. */
  leave(): Promise<void>;
  /** A stop: writes it for the last time, unless a successor does. */
  close(): Promise<void>;
}

/** Goes on with what an earlier run left. Never rejects.
 *  @param heritages  of the engines that have any; nothing is in their tables yet */
export async function openHeritage(
  heritages: readonly Heritage[],
  path: string,
  log: Log,
): Promise<HeritageKeeper> {
  const keeper = keepHeritage(heritages, path, log);
  await keeper.take();
  return keeper;
}

function keepHeritage(
  heritages: readonly Heritage[],
  path: string,
  log: Log,
): HeritageKeeper {
  const file = clientsFile(path, log);
  let timer: NodeJS.Timeout | undefined;
  let isKeeping = false;
  let writing: Promise<void> = Promise.resolve();
  let settle = () => {};
  const left = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const gather = async () => {
    const all = heritages.map((one) => one.clients(MOST_CLIENTS));
    await file.write((await Promise.all(all)).flat());
  };
  const write = () => {
    writing = writing.then(gather).catch((error: unknown) => {
      log.error(`Clients that persist are not written: ${String(error)}`);
    });
    return writing;
  };
  const again = () => {
    timer = setTimeout(() => void write().then(() => isKeeping && again()), EVERY_MS);
  };
  const rest = () => {
    isKeeping = false;
    clearTimeout(timer);
  };
  return {
    async take() {
      const clients = await file.read();
      for (const one of heritages) one.take(clients);
    },
    keep() {
      if (isKeeping) return;
      isKeeping = true;
      again();
    },
    write,
    left,
    async leave() {
      rest();
      await write();
      settle();
    },
    async close() {
      const wasKeeping = isKeeping;
      rest();
      await (wasKeeping ? write() : writing);
    },
  };
}
