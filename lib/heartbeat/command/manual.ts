import { list, literal, prose, section } from '../../manual/mdoc.ts';
import { page, paragraph, seeAlso } from '../../manual/page.ts';
import { filesOf, STOCK } from '../local/files.ts';
import { OPTION_ROWS } from './arguments.ts';
import { COMMANDS, type Command } from './commands.ts';
import { EXIT, EXIT_WORDS } from './exit.ts';

/** l4heartbeat(8), from the tables of actions, options, exit codes and files. */
export function heartbeatPage(date: Date): string {
  const head = {
    name: 'l4heartbeat',
    chapter: 8,
    summary: "one address on one of two hosts, with Heartbeat's files and protocol",
    date,
  } as const;
  return page(head, [
    section('SYNOPSIS', '.Nm', '.Op Ar options', '.Op Ar action', '.Op Ar part'),
    description(),
    section('COMMANDS', ...list(Object.values(COMMANDS).map(action))),
    options(),
    signals(),
    files(),
    exits(),
    examples(),
    seeAlso([
      ['heartbeat', 8],
      ['l4director', 8],
    ]),
  ]);
}

function description() {
  return section(
    'DESCRIPTION',
    ...prose(
      "l4heartbeat takes the place of Heartbeat 3 with haresources: two hosts, a heartbeat over UDP between them, and what haresources names on one of the two. It reads ha.cf, authkeys and haresources unchanged and speaks Heartbeat's protocol, so that the other host may run either. Nothing of Heartbeat may run on this one.",
    ),
    ...paragraph(
      'Addresses are built in: they are added, announced to the neighbours and removed without scripts. All else that haresources names is started and stopped by scripts of `resource.d` and `/etc/init.d`, or by agents of Pacemaker.',
    ),
  );
}

function action({ typed, summary, detail }: Command) {
  return [
    typed,
    prose([`${sentence(summary)}.`, detail ?? ''].join(' ').trim()),
  ] as const;
}

function options() {
  return section(
    'OPTIONS',
    ...list(
      OPTION_ROWS.map(({ typed, summary, byDefault }) => {
        const text = `${sentence(summary)}.`;
        const rest = byDefault ? ` Default: ${byDefault}.` : '';
        return [typed, prose(text + rest)] as const;
      }),
    ),
  );
}

/** With a capital, but where it begins with the name of a file. */
function sentence(text: string): string {
  return text.replace(
    /^[a-z]+(?=[ ,:;])/,
    (word) => word[0]?.toUpperCase() + word.slice(1),
  );
}

function signals() {
  return section(
    'SIGNALS',
    ...list([
      ['SIGTERM, SIGINT', prose('Everything is given up in order, and the node ends.')],
      ['SIGHUP', prose('As `reload`.')],
    ]),
  );
}

function files() {
  const { haCf, authkeys, haresources, generation, uuid, ...all } = filesOf(STOCK);
  const { fifo, pid, programs, status, hooks } = all;
  return section(
    'FILES',
    ...list([
      [haCf, prose('Media, times and nodes.')],
      [authkeys, prose('The keys by which messages are signed. Mode 600.')],
      [haresources, prose('A line for each group: its node, and what runs there.')],
      [`${hooks}/TYPE`, prose('A script that runs for each message of that type.')],
      [generation, prose('The number of the last run.')],
      [uuid, prose("The node's id with `uuidfrom file`.")],
      [fifo, prose('Commands of hb_standby and hb_takeover.')],
      [pid, prose('The process id.')],
      [programs, prose('What runs of children and scripts.')],
      [status, prose('What `status` asks.')],
    ]),
  );
}

function exits() {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  return section(
    'EXIT STATUS',
    ...list(
      names.map((name) => [String(EXIT[name]), prose(EXIT_WORDS[name])] as const),
    ),
  );
}

function examples() {
  return section(
    'EXAMPLES',
    ...literal([
      'l4heartbeat configtest',
      'systemctl disable --now heartbeat',
      'systemctl enable --now l4heartbeat',
      'l4heartbeat status',
    ]),
  );
}
