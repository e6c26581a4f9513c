import { SYSTEM_INI } from '../../config/ini.ts';
import type { IniKey } from '../../config/ini-keys/ini-key.ts';
import { headerOf, INI_KEYS } from '../../config/ini-keys.ts';
import { list, literal, prose, section } from '../../manual/mdoc.ts';
import { page, paragraph, seeAlso } from '../../manual/page.ts';

const ENDING: readonly (readonly [number, string])[] = [
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1000, 's'],
  [1, 'ms'],
];
const SIZES: readonly (readonly [number, string])[] = [
  [2 ** 20, 'M'],
  [2 ** 10, 'k'],
  [1, ''],
];

/** A key's default as it could stand in the file; `none` where only its absence says it. */
export function defaultText({ syntax, default: value }: IniKey<unknown>): string {
  if (Array.isArray(value) && value.length === 0) return syntax.split(' | ')[0] ?? '';
  if (isNo(value, syntax)) return 'no';
  if (value === true) return 'yes';
  if (Array.isArray(value)) return value.join(',');
  if (typeof value !== 'number') return value === undefined ? 'none' : String(value);
  if (syntax === '<octal>') return `0${value.toString(8)}`;
  if (syntax === '<number>%') return `${value * 100}%`;
  const units = { '<time>': ENDING, 'no | <time>': ENDING, '<size>': SIZES }[syntax];
  const fits = units?.find(([size]) => value >= size && value % size === 0);
  return fits ? `${value / fits[0]}${fits[1]}` : String(value);
}

function isNo(value: unknown, syntax: string): boolean {
  return value === false || (value === 0 && syntax.startsWith('no | '));
}

/** A key as the file has it. */
export function keyOf(name: string, { key }: IniKey<unknown>): string {
  return key ?? name;
}

/** l4director.ini(5), from the table of keys. */
export function iniPage(date: Date): string {
  const head = {
    name: 'l4director.ini',
    chapter: 5,
    summary: 'what l4director can do beyond ldirectord',
    date,
  } as const;
  return page(head, [description(), ...sections(), files(), examples(), others()]);
}

function description() {
  return section(
    'DESCRIPTION',
    ...prose(
      'The director reads ldirectord.cf as it is. What that file has no words for stands in this one: sections in brackets, and in them lines `key = value`. A line that begins with # or ; is a comment. The file may be absent: then every key has its default.',
    ),
    ...paragraph(
      'A section `[service ID]` sets keys for one virtual service, by its id as `l4director show` prints it; it takes those that are marked so below, whatever section they belong to, and some that stand nowhere else.',
    ),
    ...paragraph(
      'Times are written as in `3s`, `500ms`, `15m` or `1h`, without a unit in seconds; sizes as in `64k` or `1M`. An unknown key, a misplaced one and a wrong value are errors, which `l4director configtest` names with their lines.',
    ),
  );
}

function sections(): readonly (readonly string[])[] {
  const rows = Object.entries<IniKey<unknown>>(INI_KEYS);
  const names = [...new Set(rows.map(([, { section }]) => section))];
  return names.map((name) => [
    ...section(
      `SECTION ${name.toUpperCase()}`,
      ...prose(`Of \`[${headerOf(name)}]\`:`),
    ),
    ...list(
      rows
        .filter(([, row]) => row.section === name)
        .map(
          ([name, row]) => [`${keyOf(name, row)} = ${row.syntax}`, entry(row)] as const,
        ),
    ),
  ]);
}

function entry(row: IniKey<unknown>): readonly string[] {
  const isFree = row.perService && row.section !== 'service';
  const where = isFree ? ' May be set for one service.' : '';
  const only = row.only ? ` Only for ${row.only.words}.` : '';
  return [...prose(`${row.doc}${only}${where}`), ...byDefault(defaultText(row))];
}

/** What holds when nothing is set. */
export function byDefault(text: string): readonly string[] {
  return ['.br', ...prose(`Default: ${text}.`)];
}

function files() {
  return section(
    'FILES',
    ...list([
      [
        'CONFIG.ini',
        prose('Beside the config, with its whole name and .ini behind it.'),
      ],
      [SYSTEM_INI, prose('Where there is none beside it.')],
    ]),
    ...paragraph('The option `--ini FILE` names another one.'),
  );
}

function examples() {
  return section(
    'EXAMPLES',
    ...literal([
      '[net]',
      'idle-timeout = 1h',
      '',
      '[service tcp:10.1.1.19:443]',
      'engine = nftables',
    ]),
  );
}

function others() {
  return seeAlso([
    ['l4director', 8],
    ['ldirectord', 8],
  ]);
}
