import type { Family } from '../model/address.ts';
import { didYouMean } from '../model/nearest.ts';
import type { Directive } from './directives/directive.ts';
import {
  type DirectiveName,
  type DirectiveValue,
  directiveNamed,
  namesIn,
  RETIRED,
} from './directives.ts';
import type { Findings } from './findings.ts';
import {
  type BodyLine,
  cutIntoItems,
  type GlobalLine,
  type SectionLines,
} from './lines.ts';
import { type Note, type SectionKind, trimBlanks } from './values.ts';
import { parseVirtual, type VirtualAddress } from './virtual-line.ts';

/** A directive's line that was accepted. */
export interface Setting {
  readonly name: DirectiveName;
  readonly line: number;
  readonly value: unknown;
  /** What `#` cut off the line; empty for nothing. */
  readonly cut: string;
}

export interface ParsedSection
  extends Pick<SectionLines, 'line' | 'end' | 'when' | 'last'> {
  readonly family: Family;
  /** Undefined when its `virtual=` was refused. */
  readonly address: VirtualAddress | undefined;
  readonly settings: readonly Setting[];
  /** A line of it was refused: what depends on the whole section is not worth reporting. */
  readonly broken: boolean;
}

export interface ParsedFile {
  readonly globals: readonly Setting[];
  readonly sections: readonly ParsedSection[];
}

/** Reads the lines of a file; no name is resolved yet. Goes on after an error. */
export function parseText(text: string, findings: Findings): ParsedFile {
  const globals: Setting[] = [];
  const sections: ParsedSection[] = [];
  for (const item of cutIntoItems(text)) {
    if (item.kind === 'section') sections.push(parseSection(item, findings));
    else globals.push(...parseLine(item, 'global', undefined, findings));
  }
  return { globals, sections };
}

/** The value that holds: the last one of that name. */
export function lastOf<N extends DirectiveName>(
  settings: readonly Setting[],
  name: N,
): DirectiveValue<N> | undefined {
  return lastSetting(settings, name)?.value;
}

/** The same with its line. */
export function lastSetting<N extends DirectiveName>(
  settings: readonly Setting[],
  name: N,
): { readonly line: number; readonly value: DirectiveValue<N> } | undefined {
  for (let at = settings.length - 1; at >= 0; at--) {
    const setting = settings[at];
    if (setting?.name === name)
      return { line: setting.line, value: setting.value as DirectiveValue<N> };
  }
  return undefined;
}

function parseSection(item: SectionLines, findings: Findings): ParsedSection {
  const { line, six, value, body, end, when, last } = item;
  const family = six ? 'inet6' : 'inet';
  const address = attempt(
    () =>
      parseVirtual(
        value,
        family,
        noteAt(line, () => `virtual = ${show(value)}`, show, findings),
      ),
    (what) => findings.error(line, `virtual = ${show(value)}: ${what}`),
  );
  const kind = { family, mark: address?.kind === 'mark' } as const;
  const settings: Setting[] = [];
  let broken = address === undefined;
  for (const row of body) {
    const accepted = parseLine(row, 'section', kind, findings);
    broken ||= accepted.length === 0;
    settings.push(...accepted);
  }
  return { line, family, end, when, last, address, settings, broken };
}

/** @returns the one setting, or none when the line was refused */
function parseLine(
  { line, text, ...more }: GlobalLine | BodyLine,
  place: 'global' | 'section',
  section: SectionKind | undefined,
  findings: Findings,
): Setting[] {
  const [, name = '', value] =
    /^([A-Za-z0-9_-]*)(?:[ \t\v\f\r]*=[ \t\v\f\r]*(.*))?/s.exec(text) ?? [];
  const row = directiveNamed(name, place);
  const setting = {
    name: name as DirectiveName,
    line,
    cut: 'cut' in more ? more.cut : '',
  };
  if (row?.bare && value === undefined && trimBlanks(text) === name) {
    findings.warn(line, row.bare.warning);
    return [{ ...setting, value: row.bare.value }];
  }
  if (row === undefined || value === undefined) {
    findings.error(line, refusal(text, name, value, place));
    return [];
  }
  return parseValue({ ...setting, value }, row, section, findings);
}

/** @param setting  its value still as text */
function parseValue(
  setting: Setting & { readonly value: string },
  row: Directive<unknown>,
  section: SectionKind | undefined,
  findings: Findings,
): Setting[] {
  const { name, line, value, cut } = setting;
  const hidden = (text: string) => (row.secret ? '...' : show(text));
  const what = () => `${name} = ${hidden(value)}`;
  const parse = (section && row.parseInSection) ?? row.parse;
  const note = noteAt(line, what, hidden, findings);
  if (cut && !/[ \t]$/.test(value)) note('# cuts the line, even in quotes', cut);
  const accepted = attempt(
    () => [{ ...setting, value: parse(value, note, section) }],
    (why) => findings.error(line, `${what()}: ${why}${cutRemark(cut)}`),
  );
  return accepted ?? [];
}

const OUTSIDE =
  'an indented line outside of a virtual section: expected it in column 0, or, as part of a section, indented by 4 blanks or more with no empty line above';

/** U+FEFF in UTF-8, which is read as Latin-1. */
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

function refusal(
  text: string,
  name: string,
  value: string | undefined,
  place: 'global' | 'section',
): string {
  const instead = RETIRED.get(name);
  if (instead !== undefined) return `${name} is no longer known: expected ${instead}`;
  const other = place === 'global' ? 'section' : 'global';
  if (value !== undefined && directiveNamed(name, other))
    return place === 'global'
      ? `${name} belongs in a virtual section: expected 4 blanks in front of it, right below "virtual = ..." with no empty line between`
      : `${name} is a global directive: expected it in column 0, outside of a virtual section`;
  if (name && directiveNamed(name, place)) return `${name}: expected "${name} = value"`;
  if (place === 'global' && /^[ \t]/.test(text)) return OUTSIDE;
  if (text.startsWith(BYTE_ORDER_MARK))
    return 'a byte order mark stands in front of it: expected a file without one, saved as "UTF-8 without BOM"';
  const word = name || firstWord(text);
  return `unknown directive "${show(word)}"${didYouMean(word, namesIn(place))}`;
}

/** What is no name may be a password in the wrong place: no more than this is shown of it. */
function firstWord(text: string): string {
  return /^[^\s="']+/.exec(text.trim())?.[0] ?? '...';
}

function noteAt(
  line: number,
  what: () => string,
  shown: (part: string) => string,
  findings: Findings,
): Note {
  return (message, part) => {
    const behind = part === undefined ? '' : `: ${shown(part)}`;
    findings.warn(line, `${what()}: ${message}${behind}`);
  };
}

/** Runs a value parser; a RangeError is a refusal, anything else a defect. */
export function attempt<T>(
  read: () => T,
  refuse: (why: string) => void,
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    refuse(error.message);
    return undefined;
  }
}

/** Added to an error on a line that was cut. */
export function cutRemark(cut: string): string {
  return cut && '; # cuts the line, even in quotes';
}

/** A value as a message shows it: short and printable. */
export function show(value: string): string {
  const short = value.length > 60 ? `${value.slice(0, 57)}...` : value;
  return JSON.stringify(short)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll('\\\\', '\\');
}
