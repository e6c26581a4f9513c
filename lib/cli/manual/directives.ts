import type { Directive } from '../../config/directives/directive.ts';
import { DIRECTIVES } from '../../config/directives.ts';
import { list, prose, section } from '../../manual/mdoc.ts';
import { paragraph } from '../../manual/page.ts';
import { byDefault } from './ini-page.ts';

/** Longer ones stand in the text. */
const TAG = 60;

const SCOPES: readonly (readonly [Directive<unknown>['scope'], string])[] = [
  ['global', 'Global directives'],
  ['both', 'Directives for all services or one'],
  ['section', 'Directives of a service'],
];

/** What may stand in ldirectord.cf, from the table of directives. */
export function directiveSections(): readonly string[] {
  return [
    ...section(
      'CONFIGURATION',
      ...prose(
        'Lines are `directive = value`; from # on they are a comment. A line `virtual = ADDRESS:PORT` (or a firewall mark; `virtual6 = [ADDRESS]:PORT`) opens a service; what is indented below belongs to it.',
      ),
      ...paragraph('What ldirectord.cf has no words for stands in l4director.ini(5).'),
    ),
    ...SCOPES.flatMap(([scope, title]) => [`.Ss ${title}`, ...ofScope(scope)]),
  ];
}

function ofScope(wanted: Directive<unknown>['scope']): readonly string[] {
  const rows = Object.entries<Directive<unknown>>(DIRECTIVES)
    .filter(([, { scope }]) => scope === wanted)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return list(rows.map(([name, row]) => [tagOf(name, row), entry(name, row)]));
}

function tagOf(name: string, { syntax }: Directive<unknown>): string {
  const whole = `${name} = ${syntax}`;
  return whole.length > TAG ? name : whole;
}

function entry(name: string, row: Directive<unknown>): readonly string[] {
  const long = tagOf(name, row) === name;
  const repeats = row.repeats ? ' May be given several times.' : '';
  return [
    ...prose(`${row.doc}${repeats}`),
    ...(long ? ['.br', ...prose(`${name} = ${row.syntax}`)] : []),
    ...byDefault(row.default),
  ];
}
