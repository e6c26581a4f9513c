import { COMMANDS } from './commands.ts';
import type { Command } from './context.ts';
import { OPTIONS, type Option, type OptionName, spellings } from './options.ts';

/** A reminder of the form; what a wrong command line gets. */
export function usage(): string {
  return `Usage:
    l4director [options] [--] [configfile] ACTION

    ACTION: ${Object.keys(COMMANDS).join(', ')}
    l4director --help says more.`;
}

/** The whole help, from the tables of commands and options. */
export function help(): string {
  const actions = Object.entries(COMMANDS).map(
    ([name, command]) => [synopsis(name, command), command.summary] as const,
  );
  const options = (Object.keys(OPTIONS) as OptionName[]).map(
    (name) => [spelling(name), OPTIONS[name].describe] as const,
  );
  return `l4director: layer-4 load balancer that reads an unchanged ldirectord.cf

Usage:
    l4director [options] [--] [configfile] ACTION

    configfile is looked for in /etc/ha.d, then /etc/ha.d/conf, then as a path;
    left out it is ldirectord.cf. Director, pid file and socket are known by its
    name, so the same name (or none) belongs to start, stop and status.

Actions:
${table(actions)}

Options:
${table(options)}

Exit codes: 0 done, 1 failed, 2 error in the config, 3 status of a stopped one,
4 waited in vain, 130 ended by Ctrl-C, 255 wrong usage.

REAL is a real server's id, or SERVICE/REAL where it is in several services, or
any part that only one has. The manual, l4director(8), says more.

Examples:
    l4director /etc/ha.d/ldirectord.cf configtest
    l4director /etc/ha.d/ldirectord.cf start
    l4director /etc/ha.d/ldirectord.cf status`;
}

/** `weight REAL [N|file]`. */
export function synopsis(name: string, { operands = [] }: Command): string {
  return [name, ...operands.map(({ shown }) => shown)].join(' ');
}

/** `-h, -?, --help`; `--ini FILE`. */
export function spelling(name: OptionName): string {
  const { value }: Option = OPTIONS[name];
  return spellings(name).join(', ') + (value === undefined ? '' : ` ${value}`);
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `    ${name.padEnd(width)}  ${text}`).join('\n');
}
