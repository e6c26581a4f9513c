import { OPTIONS, type Option, type OptionName } from '../options.ts';

/** The words of a command line that is being typed, sorted. */
export interface Words {
  /** Those that are no options. */
  readonly plain: readonly string[];
  /** Values of options by their names. */
  readonly values: ReadonlyMap<string, string>;
  /** An option that waits for its value. */
  readonly open: OptionName | undefined;
  /** `--` has been written: from there on nothing is an option. */
  readonly ended: boolean;
}

const NOTHING: Words = { plain: [], values: new Map(), open: undefined, ended: false };

export function sortWords(words: readonly string[]): Words {
  return words.reduce(take, NOTHING);
}

function take(sorted: Words, word: string): Words {
  const { plain, values, open, ended } = sorted;
  if (open)
    return { ...sorted, values: new Map([...values, [open, word]]), open: undefined };
  if (ended || !/^-./.test(word)) return { ...sorted, plain: [...plain, word] };
  if (word === '--') return { ...sorted, ended: true };
  const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (value !== undefined)
    return { ...sorted, values: new Map([...values, [name, value]]) };
  return isOption(name) && takesValue(name) ? { ...sorted, open: name } : sorted;
}

export function isOption(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

function takesValue(name: OptionName): boolean {
  const option: Option = OPTIONS[name];
  return option.value !== undefined;
}
