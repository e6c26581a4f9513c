import type { Command, Json } from './json.ts';
import { list } from './json.ts';
import { runProgram } from './program.ts';

/** What stands between us and the kernel's tables. `absent`: no program; `forbidden`: no permission;
 *  `refused`: the program or the kernel says no to what was asked. */
export type NftTrouble = 'absent' | 'forbidden' | 'refused';

export class NftError extends Error {
  readonly trouble: NftTrouble;

  /** @param said  what the program wrote, one line */
  constructor(trouble: NftTrouble, said: string) {
    super(said);
    this.trouble = trouble;
  }
}

/** Speaks with the kernel's tables. */
export interface Nft {
  /** Does all of it or nothing, in one transaction.
   *  @returns what list commands found
   *  @throws  NftError */
  run(commands: readonly Command[]): Promise<Json[]>;
  /** Whether {@link run} would succeed; nothing is done.
   *  @throws  NftError */
  check(commands: readonly Command[]): Promise<void>;
}

/** nft opens its input by a path, which works with a pipe and not with the socket that Node makes. */
const PIPED = ['/bin/sh', '-c', 'cat | "$@"', 'sh'];
const STDIN = '/proc/self/fd/0';
/** The shell's word for a program that is not there. */
const NOT_FOUND = 127;

/** What fits into an argument, of which the kernel takes 128 KiB: nobody but nft is started then. */
const ARGUMENT = 64 * 1024;

/** @param enter  words before the program's, as in `ip netns exec director` */
export function createNft(enter: readonly string[] = []): Nft {
  const say = async (words: readonly string[], commands: readonly Command[]) => {
    const input = JSON.stringify({ nftables: commands });
    const nft = ['nft', ...words];
    const {
      code,
      output,
      words: said,
    } = Buffer.byteLength(input) <= ARGUMENT
      ? await runProgram([...enter, ...nft, input])
      : await runProgram([...enter, ...PIPED, ...nft, '-f', STDIN], input);
    if (code === undefined || code === NOT_FOUND)
      throw new NftError('absent', firstLine(said));
    if (code === 0) return output;
    throw new NftError(troubleOf(said), firstLine(said) || `exit code ${code}`);
  };
  return {
    run: async (commands) => (await say(['-j'], commands)).split('\n').flatMap(parse),
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

function troubleOf(words: string): NftTrouble {
  return /Operation not permitted|must be root/.test(words) ? 'forbidden' : 'refused';
}

/** `internal:0:0-0: Error: Could not process rule: No such file or directory`. */
function firstLine(words: string): string {
  const [line = ''] = words.split('\n');
  return line.replace(/^(?:internal:0:0-0: (?:Error: )?|sh: \d+: )/, '').trim();
}
