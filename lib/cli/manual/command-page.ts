import { CONFIG_FOLDERS } from '../../config/index.ts';
import { SYSTEM_INI } from '../../config/ini.ts';
import { instanceIn, SYSTEM, SYSTEM_STATE } from '../../instance/instance.ts';
import { EXIT, EXIT_WORDS } from '../../instance/launch.ts';
import { SIGNAL_WORDS, SIGNALS, type SignalWish } from '../../instance/signals.ts';
import { list, literal, prose, section } from '../../manual/mdoc.ts';
import { page, paragraph, seeAlso } from '../../manual/page.ts';
import { COMMANDS } from '../commands.ts';
import type { Command } from '../context.ts';
import { spelling, synopsis } from '../help.ts';
import { OPTIONS, type OptionName } from '../options.ts';
import { directiveSections } from './directives.ts';

/** l4director(8), from the tables of actions, options, directives, exit codes, files and signals. */
export function commandPage(date: Date): string {
  const head = {
    name: 'l4director',
    chapter: 8,
    summary: 'layer-4 load balancer that reads an unchanged ldirectord.cf',
    date,
  } as const;
  return page(head, [
    usage(),
    description(),
    actions(),
    options(),
    directiveSections(),
    signals(),
    environment(),
    files(),
    exits(),
    examples(),
    seeAlso([
      ['l4director.ini', 5],
      ['ipvsadm', 8],
      ['ldirectord', 8],
    ]),
  ]);
}

function usage() {
  return section(
    'SYNOPSIS',
    '.Nm',
    '.Op Ar options',
    '.Op Fl \\&-',
    '.Op Ar configfile',
    '.Ar action',
    '.Op Ar operand ...',
  );
}

function description() {
  return section(
    'DESCRIPTION',
    ...prose(
      'l4director forwards connections to real servers, checks which of them work, and lets none go to one that does not. It reads the configuration of ldirectord, unchanged, and answers to its actions, signals and exit codes; it needs no IPVS in the kernel, but can drive it.',
    ),
    ...paragraph(
      `The configfile is looked for in ${CONFIG_FOLDERS.join(', then ')}, then as a path; left out it is ldirectord.cf. Director, pid file and control socket are known by its name as typed, so the same name (or none) belongs to start, stop and status.`,
    ),
  );
}

function actions() {
  const rows = Object.entries<Command>(COMMANDS).map(
    ([name, command]) => [synopsis(name, command), action(command)] as const,
  );
  return section(
    'COMMANDS',
    ...list(rows),
    ...paragraph(
      'REAL is the id of a real server as `show` prints it, `SERVICE/REAL` where it is in several services, or any part of one that no other has; what fits several names them.',
    ),
    ...paragraph(
      'TIME is written as in `30s`, `10m` or `1h`, without a unit in seconds.',
    ),
  );
}

function action({ summary, detail, options = [] }: Command): readonly string[] {
  const taken = options.map((name) => `\`${spelling(name)}\``);
  return [
    ...prose(`${capital(summary)}.`),
    ...(detail === undefined ? [] : prose(detail)),
    ...(taken.length === 0 ? [] : ['.br', ...prose(`Takes ${taken.join(', ')}.`)]),
  ];
}

function capital(text: string): string {
  return text.replace(
    /^[a-z]+(?=[ ,:;])/,
    (word) => word.charAt(0).toUpperCase() + word.slice(1),
  );
}

function options() {
  const names = Object.keys(OPTIONS) as OptionName[];
  const rows = names.map(
    (name) => [spelling(name), prose(`${capital(OPTIONS[name].describe)}.`)] as const,
  );
  return section('OPTIONS', ...list(rows));
}

function signals() {
  const wishes = Object.keys(SIGNAL_WORDS) as SignalWish[];
  const named = (wish: SignalWish) =>
    Object.entries(SIGNALS).filter(([, does]) => does === wish);
  return section(
    'SIGNALS',
    ...list(
      wishes.map((wish) => [
        named(wish)
          .map(([name]) => name)
          .join(', '),
        prose(SIGNAL_WORDS[wish]),
      ]),
    ),
  );
}

function environment() {
  return section(
    'ENVIRONMENT',
    ...list([
      ['NO_COLOR', prose('Set to anything: no colours.')],
      ['TERM', prose('With the value dumb: no colours.')],
      ['XDG_RUNTIME_DIR', prose('Where the files of another user than root are.')],
    ]),
  );
}

function files() {
  const { pidFile, socket, lock, state } = instanceIn(SYSTEM, 'INSTANCE', SYSTEM_STATE);
  return section(
    'FILES',
    ...list([
      [pidFile, prose('The pid of the director.')],
      [socket, prose('The control socket.')],
      [
        `${lock}.N`,
        prose('The lock: pid and start time of its holder. It frees itself.'),
      ],
      [state, prose('What was changed at run time and outlives the director.')],
      [
        'CONFIG.ini',
        prose(
          `What ldirectord.cf has no words for: l4director.ini(5). Else ${SYSTEM_INI}.`,
        ),
      ],
    ]),
    ...paragraph(
      'INSTANCE is the base name of the configfile as typed, or ldirectord. The files of another user than root are in $XDG_RUNTIME_DIR, else in /run/user/UID.',
    ),
  );
}

function exits() {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  const rows = names.map(
    (name) => [String(EXIT[name]), prose(EXIT_WORDS[name])] as const,
  );
  return section('EXIT STATUS', ...list(rows));
}

function examples() {
  return section(
    'EXAMPLES',
    ...literal([
      'l4director /etc/ha.d/ldirectord.cf configtest',
      'l4director /etc/ha.d/ldirectord.cf start',
      'l4director /etc/ha.d/ldirectord.cf show',
    ]),
  );
}
