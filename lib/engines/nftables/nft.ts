import { runNft } from '../nft-program.ts';
import type { Command, Json } from './json.ts';
import { list } from './json.ts';
import { type Rewriting, rewriting } from './script.ts';

/** Speaks with the kernel's tables. */
export interface Nft {
  /** Does all of it or nothing, in one transaction.
   *  @returns what list commands found
   *  @throws  NftError */
  run(commands: readonly Command[]): Promise<Json[]>;
  /** Gives chains that are there other rules, in one transaction: at no time is a chain without. Of all
   *  that the kernel holds nft reads nothing for it but the names of tables.
   *  @throws  NftError */
  rewrite(table: string, chains: Rewriting): Promise<void>;
  /** Whether {@link run} would succeed; nothing is done.
   *  @throws  NftError */
  check(commands: readonly Command[]): Promise<void>;
}

/** @param enter  words before the program's, as in `ip netns exec director` */
export function createNft(enter: readonly string[] = []): Nft {
  const say = (words: readonly string[], commands: readonly Command[]) =>
    runNft(words, JSON.stringify({ nftables: commands }), enter);
  return {
    run: async (commands) => (await say(['-j'], commands)).split('\n').flatMap(parse),
    async rewrite(table, chains) {
      if (chains.ruled.size > 0) await runNft([], rewriting(table, chains), enter);
    },
    async check(commands) {
      await say(['-j', '-c'], commands);
    },
  };
}

/** Each list command prints a document of its own, on a line. */
function parse(line: string): readonly Json[] {
  if (line.trim() === '') return [];
  const document: Json = JSON.parse(line);
  return list(document, 'nftables');
}
