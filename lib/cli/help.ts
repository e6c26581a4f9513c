import { OPTIONS } from './command-line.ts';
import { COMMANDS } from './commands.ts';

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
    ([name, { summary }]) => [name, summary] as const,
  );
  const options = Object.entries(OPTIONS).map(
    ([name, option]) => [spelling(name, option), option.describe] as const,
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
255 wrong usage.

Examples:
    l4director /etc/ha.d/ldirectord.cf configtest
    l4director /etc/ha.d/ldirectord.cf start
    l4director /etc/ha.d/ldirectord.cf status`;
}

interface Spelled {
  readonly alias?: string | readonly string[];
  readonly type: string;
}

function spelling(name: string, { alias = [], type }: Spelled): string {
  const short = [alias].flat().map((letter) => `-${letter}, `);
  return `${short.join('')}--${name}${type === 'string' ? ` ${PLACEHOLDER[name]}` : ''}`;
}

const PLACEHOLDER: Readonly<Record<string, string>> = {
  checks: 'REAL',
  ini: 'FILE',
  'runtime-dir': 'DIR',
};

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `    ${name.padEnd(width)}  ${text}`).join('\n');
}
