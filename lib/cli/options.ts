import type { Options } from 'yargs';

/** One option: what the parser, help, manual and completion know of it. */
export interface Option extends Options {
  readonly type: 'boolean' | 'string';
  readonly describe: string;
  /** Of an option with a value: what help calls it. */
  readonly value?: string;
  /** What completion offers for its value. */
  readonly offers?: 'files' | 'folders' | 'reals' | readonly string[];
  /** Only the actions that name it take it; absent: all do. */
  readonly some?: true;
}

/** What `wait` can wait for. */
export const AIMS = ['ready', 'up', 'down', 'empty'] as const;

/** Options of all actions. Single letters may be bundled. */
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
    value: 'FILE',
    offers: 'files',
    describe:
      "l4director.ini to use; else CONFIG's .ini, /etc/l4director/l4director.ini",
  },
  'runtime-dir': {
    type: 'string',
    requiresArg: true,
    value: 'DIR',
    offers: 'folders',
    describe: 'where pid file and control socket are; else /var/run, or the user’s own',
  },
  json: { type: 'boolean', some: true, describe: 'answer in JSON' },
  ipvsadm: {
    type: 'boolean',
    some: true,
    describe: 'show: in the shape of ipvsadm -Ln',
  },
  checks: {
    type: 'string',
    requiresArg: true,
    some: true,
    value: 'REAL',
    offers: 'reals',
    describe: 'show: a real server\'s last 20 checks, as in "10.0.0.1:80"',
  },
  within: {
    type: 'string',
    requiresArg: true,
    some: true,
    value: 'TIME',
    offers: ['0', '1m', '10m', '1h'],
    describe:
      'drain: end what is left after that time; else drain-deadline of the ini, or 10m',
  },
  follow: {
    alias: 'f',
    type: 'boolean',
    some: true,
    describe: 'events: go on with those that come',
  },
  for: {
    type: 'string',
    choices: AIMS,
    requiresArg: true,
    some: true,
    value: 'AIM',
    offers: AIMS,
    describe: `wait: ${AIMS.join(', ')}; else ready`,
  },
  timeout: {
    type: 'string',
    requiresArg: true,
    some: true,
    value: 'TIME',
    offers: ['10s', '60s', '10m'],
    describe: 'wait, ready: at most so long; else 60s, or 1s',
  },
  help: { alias: ['h', '?'], type: 'boolean', describe: 'this text' },
  version: { alias: 'v', type: 'boolean', describe: 'the version' },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

/** Options that an action takes, those of all at the end. */
export function optionsFor(own: readonly OptionName[]): readonly OptionName[] {
  const names = Object.keys(OPTIONS) as OptionName[];
  const all = names.filter((name) => {
    const option: Option = OPTIONS[name];
    return option.some !== true;
  });
  return [...own, ...all];
}

/** `-f`, `--follow`; `--ini FILE`: each way to write it. */
export function spellings(name: OptionName): readonly string[] {
  const option: Option = OPTIONS[name];
  const letters = [option.alias ?? []].flat().map((letter) => `-${letter}`);
  return [...letters, `--${name}`];
}
