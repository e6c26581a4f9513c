import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_INSTANCE } from '../instance/instance.ts';
import { type Commands, commandNamed } from './context.ts';
import { AIMS, OPTIONS, type Option, type OptionName } from './options.ts';

/** What was typed, in ldirectord's form: `[options] [--] [configfile] ACTION`, and what some actions
 *  take behind that. */
export interface CommandLine {
  /** As typed; `ldirectord.cf` when left out. */
  readonly config: string;
  readonly configGiven: boolean;
  readonly instance: string;
  readonly action: string | undefined;
  /** What stands behind the action. */
  readonly operands: readonly string[];
  readonly debug: boolean;
  readonly foreground: boolean;
  readonly ini: string | undefined;
  readonly runtimeDir: string | undefined;
  readonly json: boolean;
  readonly ipvsadm: boolean;
  /** The real server whose checks are wanted. */
  readonly checks: string | undefined;
  /** As typed: times in the form of the ini. */
  readonly within: string | undefined;
  readonly follow: boolean;
  readonly for: (typeof AIMS)[number] | undefined;
  readonly timeout: string | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

/** @throws Error with what was wrong ("Unknown option: x"). What stands behind an action that takes
 *  nothing does not count, as with ldirectord. */
export function parseCommandLine(
  argv: readonly string[],
  commands: Commands,
): CommandLine {
  const { words, options } = parse(argv);
  return {
    ...placed(words, commands),
    debug: options.has('debug'),
    foreground: options.has('foreground'),
    ini: options.get('ini'),
    runtimeDir: options.get('runtime-dir'),
    json: options.has('json'),
    ipvsadm: options.has('ipvsadm'),
    checks: options.get('checks'),
    within: options.get('within'),
    follow: options.has('follow'),
    for: AIMS.find((aim) => aim === options.get('for')),
    timeout: options.get('timeout'),
    help: options.has('help'),
    version: options.has('version'),
  };
}

/** The words that are no options, each in its place. */
export type Placed = Pick<
  CommandLine,
  'config' | 'configGiven' | 'instance' | 'action' | 'operands'
>;

/** Finds the place of each word. A config may be left out: where the first word is an action that
 *  takes something, and the second is none, the first is the action. */
export function placed(words: readonly string[], commands: Commands): Placed {
  const [first, second] = words;
  const named =
    second !== undefined &&
    !(takesWords(first, commands) && commandNamed(commands, second) === undefined);
  return {
    config: named ? (first ?? '') : 'ldirectord.cf',
    configGiven: named,
    instance: named ? basename(first ?? '') : DEFAULT_INSTANCE,
    action: named ? second : first,
    operands: words.slice(named ? 2 : 1),
  };
}

function takesWords(name: string | undefined, commands: Commands): boolean {
  return (commandNamed(commands, name)?.operands ?? []).length > 0;
}

interface Parsed {
  /** What is no option. */
  readonly words: readonly string[];
  /** What is one, with its value; the last one counts. */
  readonly options: ReadonlyMap<OptionName, string>;
}

function parse(argv: readonly string[]): Parsed {
  const { tokens } = parseArgs({
    ...{ args: [...argv], options: FORMS, tokens: true },
    strict: false, // its complaints are not ours
  });
  const words: string[] = [];
  const options = new Map<OptionName, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const name = NAMES.get(token.name);
    if (name === undefined) throw new Error(`Unknown option: ${token.name}`);
    options.set(name, valueGiven(name, token));
  }
  return { words, options };
}

/** How an option was given. */
interface Given {
  readonly value?: string | undefined;
  /** Behind a `=`. */
  readonly inlineValue?: boolean | undefined;
}

/** @returns empty for one that takes none */
function valueGiven(name: OptionName, { value, inlineValue }: Given): string {
  const { type, choices }: Option = OPTIONS[name];
  if (type === 'boolean') {
    if (value === undefined) return '';
    throw new Error(`Option ${name} takes no value`);
  }
  const missing = !value || (value.startsWith('-') && !inlineValue);
  if (missing) throw new Error(`Option ${name} requires a value`);
  if (choices?.includes(value) === false) {
    const expected = `expected one of ${choices.join(', ')}, as in "${choices[0]}"`;
    throw new Error(`Option ${name} = ${value}: ${expected}`);
  }
  return value;
}

/** Each option by its name and by its letters. */
const NAMES: ReadonlyMap<string, OptionName> = new Map(
  Object.entries<Option>(OPTIONS).flatMap(([name, { alias = [] }]) =>
    [name, alias].flat().map((called) => [called, name as OptionName]),
  ),
);

/** As Node's parser wants them: a letter is an option of its own there. */
const FORMS = Object.fromEntries(
  [...NAMES].map(([called, name]) => {
    const { type } = OPTIONS[name];
    return [called, called.length > 1 ? { type } : { type, short: called }];
  }),
);
