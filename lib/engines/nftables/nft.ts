import { inTurns } from '../breath.ts';
import { NftError, runNft } from '../nft-program.ts';
import type { Command } from './json.ts';
import { cutJson, type Listener } from './json-cutter.ts';
import { type Rewriting, rewriting } from './script.ts';

/** Speaks with the kernel's tables. */
export interface Nft {
  /** Does all of it or nothing, in one transaction.
   *  @throws  NftError */
  run(commands: readonly Command[]): Promise<void>;
  /** Gives chains that are there other rules, in one transaction: at no time is a chain without. Of all
   *  that the kernel holds nft reads nothing for it but the names of tables.
   *  @throws  NftError */
  rewrite(table: string, chains: Rewriting): Promise<void>;
  /** Tells what list commands find, in some milliseconds at a time.
   *  @throws  NftError, or the signal's reason; what was told then is not all */
  list(
    commands: readonly Command[],
    listener: Listener,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Whether {@link run} would succeed; nothing is done.
   *  @throws  NftError */
  check(commands: readonly Command[]): Promise<void>;
}

/** @param enter  words before the program's, as in `ip netns exec director` */
export function createNft(enter: readonly string[] = []): Nft {
  return {
    async run(commands) {
      await runNft(['-j'], await written(commands), enter);
    },
    async rewrite(table, chains) {
      if (chains.ruled.size > 0) await runNft([], rewriting(table, chains), enter);
    },
    async list(commands, listener, signal) {
      const more = { hear: cutJson(listener), ...(signal ? { signal } : {}) };
      await runNft(['-j'], await written(commands), enter, more).catch(worded);
    },
    async check(commands) {
      await runNft(['-j', '-c'], await written(commands), enter);
    },
  };
}

async function written(commands: readonly Command[]): Promise<string> {
  const words: string[] = [];
  await inTurns(commands, (command) => words.push(JSON.stringify(command)));
  return `{"nftables":[${words.join()}]}`;
}

function worded(error: unknown): never {
  if (!(error instanceof SyntaxError)) throw error;
  throw new NftError('refused', `what it printed is no JSON: ${error.message}`);
}
