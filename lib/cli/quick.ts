import { basename } from 'node:path';
import { DEFAULT_INSTANCE } from '../instance/instance.ts';
import { plainWords } from './plain-words.ts';
import { type Asked, ready } from './ready.ts';

/** `[configfile] ready [director]`, with `--timeout TIME` and `--runtime-dir DIR`, as engines of high availability ask it
 *  every second: nothing is loaded for it that knows other commands.
 *  @param argv  arguments after the script's path
 *  @returns     undefined: another command line, or one that is to be looked at more closely */
export function quickly(argv: readonly string[]): Promise<number> | undefined {
  const line = askedBy(argv);
  if (line === undefined) return undefined;
  const out = (text: string) => void process.stdout.write(`${text}\n`);
  const err = (text: string) => void process.stderr.write(`${text}\n`);
  return ready({ line, out, err });
}

const OPTIONS = ['timeout', 'runtime-dir'];

/** The same as `parseCommandLine` finds, where it is one of these. */
export function askedBy(argv: readonly string[]): Asked | undefined {
  const plain = plainWords(argv, (name) =>
    OPTIONS.includes(name) ? 'value' : undefined,
  );
  if (plain === undefined) return undefined;
  const { words, options } = plain;
  const typed = words.at(-1) === 'director' ? words.slice(0, -1) : words;
  if (typed.at(-1) !== 'ready' || typed.length > 2) return undefined;
  const [config] = typed.slice(0, -1);
  return {
    instance: config === undefined ? DEFAULT_INSTANCE : basename(config),
    runtimeDir: options['runtime-dir']?.toString(),
    operands: words.slice(typed.length),
    timeout: options.timeout?.toString(),
  };
}
