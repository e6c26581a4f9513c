import { basename } from 'node:path';
import yargs, { type Options } from 'yargs';
import { DEFAULT_INSTANCE } from '../instance/instance.ts';

/** Options of all commands; parser and help come from here. Single letters may be bundled. */
export const OPTIONS = {
  debug: {
    alias: 'd',
    type: 'boolean',
    describe: 'stay in the foreground, no pid file, log bare on stderr',
  },
  foreground: { type: 'boolean', describe: 'stay in the foreground, with pid file' },
  ini: {
    type: 'string',
    requiresArg: true,
    describe:
      "l4director.ini to use; else CONFIG's .ini, /etc/l4director/l4director.ini",
  },
  'runtime-dir': {
    type: 'string',
    requiresArg: true,
    describe: 'where pid file and control socket are; else /var/run, or the user’s own',
  },
  json: { type: 'boolean', describe: 'configtest, show: as JSON' },
  ipvsadm: { type: 'boolean', describe: 'show: in the shape of ipvsadm -Ln' },
  checks: {
    type: 'string',
    requiresArg: true,
    describe: 'show: a real server\'s last 20 checks, as in "10.0.0.1:80"',
  },
  help: { alias: ['h', '?'], type: 'boolean', describe: 'this text' },
  version: { alias: 'v', type: 'boolean', describe: 'the version' },
} as const satisfies Record<string, Options>;

/** What was typed, in ldirectord's form: `[options] [--] [configfile] ACTION`. */
export interface CommandLine {
  /** As typed; `ldirectord.cf` when left out. */
  readonly config: string;
  readonly configGiven: boolean;
  readonly instance: string;
  readonly action: string | undefined;
  readonly debug: boolean;
  readonly foreground: boolean;
  readonly ini: string | undefined;
  readonly runtimeDir: string | undefined;
  readonly json: boolean;
  readonly ipvsadm: boolean;
  /** The real server whose checks are wanted. */
  readonly checks: string | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

/** @throws Error with what was wrong ("Unknown option: x"). Operands past the second do not
 *  count, as with ldirectord. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const options = parse(argv);
  const operands = options._.map(String);
  const [first, second] = operands;
  const named = second !== undefined;
  return {
    config: named ? (first ?? '') : 'ldirectord.cf',
    configGiven: named,
    instance: named ? basename(first ?? '') : DEFAULT_INSTANCE,
    action: named ? second : first,
    debug: options.debug === true,
    foreground: options.foreground === true,
    ini: options.ini,
    runtimeDir: options['runtime-dir'],
    json: options.json === true,
    ipvsadm: options.ipvsadm === true,
    checks: options.checks,
    help: options.help === true,
    version: options.version === true,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parser().parseSync([...argv]);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(text.replace(/^Unknown argument(s?):/, 'Unknown option$1:'));
  }
}

function parser() {
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
