/** A command line's words, and its options by their names: the value, or true. */
export interface PlainWords {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | true>>;
}

/** Words, and options in full with their value behind them, need no parser: loading yargs costs more than all else that
 *  a command does.
 *  @param kindOf  of an option's name; undefined: it is none, or the parser's
 *  @returns       undefined: anything else */
export function plainWords(
  argv: readonly string[],
  kindOf: (name: string) => 'flag' | 'value' | undefined,
): PlainWords | undefined {
  const words: string[] = [];
  const options: Record<string, string | true> = {};
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-')) {
      words.push(word);
      continue;
    }
    const name = /^--(.+)$/.exec(word)?.[1] ?? '';
    const value = taken(kindOf(name), argv[at + 1] ?? '');
    if (value === undefined || name in options) return undefined;
    options[name] = value;
    if (value !== true) at++;
  }
  return { words, options };
}

/** @param next  what stands behind the option. @returns undefined: that is the parser's to say */
function taken(
  kind: 'flag' | 'value' | undefined,
  next: string,
): string | true | undefined {
  if (kind === 'flag') return next === 'true' || next === 'false' ? undefined : true;
  const isValue = kind === 'value' && next !== '' && !next.startsWith('-');
  return isValue ? next : undefined;
}
