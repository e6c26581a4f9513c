import { basename } from 'node:path';
import { DEFAULT_INSTANCE } from '../instance/instance.ts';
import { reasonOf } from '../model/reason.ts';
import { type Commands, commandNamed } from './context.ts';
import { type AIMS, OPTIONS, type Option, type OptionName } from './options.ts';
import { plainWords } from './plain-words.ts';

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

/** Rejects with an Error that says what was wrong ("Unknown option: x"). What stands behind an action that takes
 *  nothing does not count, as with ldirectord. */
export async function parseCommandLine(
  argv: readonly string[],
  commands: Commands,
): Promise<CommandLine> {
  const options = await parse(argv);
  return {
    ...placed(options._.map(String), commands),
    debug: options.debug === true,
    foreground: options.foreground === true,
    ini: options.ini,
    runtimeDir: options['runtime-dir'],
    json: options.json === true,
    ipvsadm: options.ipvsadm === true,
    checks: options.checks,
    within: options.within,
    follow: options.follow === true,
    for: options.for,
    timeout: options.timeout,
    help: options.help === true,
    version: options.version === true,
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

type Options = ReturnType<Awaited<ReturnType<typeof parser>>['parseSync']>;
/** What was typed, by yargs's names; `_` holds the words. */
type Typed = Partial<Options> & Pick<Options, '_'>;

async function parse(argv: readonly string[]): Promise<Typed> {
  const plain = plainWords(argv, kindOf);
  if (plain) return { ...plain.options, _: [...plain.words] };
  const typed = await parser();
  try {
    return typed.parseSync([...argv]);
  } catch (error) {
    const text = reasonOf(error);
    throw new Error(text.replace(/^Unknown argument(s?):/, 'Unknown option$1:'));
  }
}

function kindOf(name: string): 'flag' | 'value' | undefined {
  if (!isOption(name)) return undefined;
  const { type, choices }: Option = OPTIONS[name];
  if (type === 'boolean') return 'flag';
  return choices ? undefined : 'value';
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

async function parser() {
  const { default: yargs } = await import('yargs');
  return yargs()
    .locale('en')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': false,
      'parse-positional-numbers': false,
    })
    .help(false)
    .version(false)
    .exitProcess(false)
    .fail(false)
    .strictOptions()
    .options(OPTIONS);
}
