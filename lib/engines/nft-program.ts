import { type ChildHow, type Ended, runChild, wordsOf } from './child.ts';

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

/** A transaction over a thousand services takes a second or two; 14 s where clients of each of their 10,000
 *  servers persist, and thrice that on a busy machine. */
const TIMEOUT_MS = 120_000;
const OUTPUT_LIMIT = 2 ** 28;
/** nft opens its input by a path, which works with a pipe and not with the socket that Node makes. */
const PIPED = ['/bin/sh', '-c', 'cat | "$@"', 'sh'];
const STDIN = '/proc/self/fd/0';
/** The shell's word for a program that is not there. */
const NOT_FOUND = 127;
/** What fits into an argument, of which the kernel takes 128 KiB: nobody but nft is started then. */
const ARGUMENT = 64 * 1024;

/** Runs nft over commands of its language, or of JSON behind `-j`: all of them in one transaction.
 *  @param words  before the commands
 *  @param enter  words before the program's, as in `ip netns exec director`
 *  @param more   who takes what list commands print as it comes, and what ends it: its reason is thrown
 *  @returns what list commands printed
 *  @throws  NftError, also when it takes longer than two minutes or prints more than 256 MiB */
export async function runNft(
  words: readonly string[],
  commands: string,
  enter: readonly string[] = [],
  more: Pick<ChildHow, 'hear' | 'signal'> = {},
): Promise<string> {
  const fits = Buffer.byteLength(commands) <= ARGUMENT;
  const [program = '', ...args] = fits
    ? [...enter, 'nft', ...words, commands]
    : [...enter, ...PIPED, 'nft', ...words, '-f', STDIN];
  const input = fits ? '' : commands;
  const how = { ...more, input, ms: TIMEOUT_MS, outputLimit: OUTPUT_LIMIT };
  const ended = await runChild(program, args, how);
  if (ended.how === 'exit' && ended.status === 0) return ended.stdout;
  throw new NftError(troubleOf(ended), firstLine(wordsOf(ended)));
}

function troubleOf(ended: Ended): NftTrouble {
  if (ended.how === 'absent') return 'absent';
  if (ended.how !== 'exit') return 'refused';
  if (ended.status === NOT_FOUND) return 'absent';
  const forbidden = /Operation not permitted|must be root/.test(ended.stderr);
  return forbidden ? 'forbidden' : 'refused';
}

/** `internal:0:0-0: Error: Could not process rule: No such file or directory`. */
function firstLine(words: string): string {
  const [line = ''] = words.split('\n');
  return line.replace(/^(?:[\w/<>]+:\d+:\d+-\d+: (?:Error: )?|sh: \d+: )/, '').trim();
}
