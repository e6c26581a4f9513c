import { type Cells, COLUMNS, type Column, type Kind } from './stat-columns.ts';
import type { StatRow } from './stat-rows.ts';
import { type Field, jsonField, typedLine } from './typed.ts';

const ROWS: readonly Column[] = COLUMNS;
const OBJECTS = { F: 'Frontend', B: 'Backend', S: 'Server' } as const;
/** Of a backend, what it is of a server is a sum. */
const OTHER_TAGS: Readonly<Record<string, string>> = {
  'B.act': 'MGP',
  'B.bck': 'MGP',
  'B.rate': 'MGP',
  'B.rate_max': 'MGP',
};

/** As `show stat` prints it: a header, a line a row, each ending in a comma. */
export function csv(rows: readonly StatRow[]): string {
  const header = `# ${ROWS.map(({ name }) => name).join(',')},`;
  return [header, ...rows.map(csvLine)].join('\n');
}

/** Where a column stands. */
const PLACES: ReadonlyMap<string, number> = new Map(
  ROWS.map(({ name }, place) => [name, place]),
);
/** A line of which nothing is known. */
const EMPTY = { F: emptyLine('F'), B: emptyLine('B'), S: emptyLine('S') } as const;

function emptyLine(kind: Kind): readonly string[] {
  return ROWS.map(({ name, zero }) =>
    name === '-' ? name : zero?.includes(kind) ? '0' : '',
  );
}

/** There are thousands of lines, and few of their columns are filled. */
function csvLine({ kind, cells }: StatRow): string {
  const texts = EMPTY[kind].slice();
  const known: Readonly<Record<string, string | number | undefined>> = cells;
  for (const name in known) {
    const place = PLACES.get(name);
    const value = known[name];
    if (place !== undefined && value !== undefined) texts[place] = csvText(value);
  }
  return `${texts.join(',')},`;
}

/** Quoted where it would be taken for something else. Source: RFC 4180. */
function csvText(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = value.replace(/[\r\n]+/g, ' ');
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line a value: `S.2.1.4.scur.1:MGP:u32:7`. */
export function typedStat(rows: readonly StatRow[]): string {
  return rows
    .flatMap((row) => {
      const { iid = 0, sid = 0 } = row.cells;
      return fieldsOf(row).map((field) =>
        `${row.kind}.${iid}.${sid}.${typedLine(field)}`.replace(/[\r\n]+/g, ' '),
      );
    })
    .join('\n');
}

export function jsonStat(rows: readonly StatRow[]): string {
  return JSON.stringify(
    rows.map((row) => {
      const { iid: proxyId, sid: id } = row.cells;
      const object = { objType: OBJECTS[row.kind], proxyId, id };
      return fieldsOf(row).map((field) => jsonField(field, object));
    }),
  );
}

function fieldsOf({ kind, cells }: StatRow): readonly Field[] {
  return ROWS.flatMap((column, pos) => {
    const { name, type, tags } = column;
    const value = cellOf(column, kind, cells);
    if (value === undefined || type === undefined || tags === undefined) return [];
    return [{ pos, name, type, tags: OTHER_TAGS[`${kind}.${name}`] ?? tags, value }];
  });
}

function cellOf(
  { name, zero = '' }: Column,
  kind: Kind,
  cells: Cells,
): string | number | undefined {
  const known: Readonly<Record<string, string | number | undefined>> = cells;
  return known[name] ?? (zero.includes(kind) ? 0 : undefined);
}
