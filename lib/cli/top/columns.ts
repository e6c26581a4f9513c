import { nameOf, STATE_COLOURS, stateOf, weightOf } from '../show-table.ts';
import { type Colour, cut, humanBytes, printable } from '../show-text.ts';
import { humanRate, sparkline } from './bars.ts';
import { noteOf } from './notes.ts';
import { connectionsOf, type Row } from './rows.ts';

/** A column of the list. */
interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Columns of the terminal in one so wide; 0: it is left out. */
  readonly width: (total: number) => number;
  readonly text: (row: Row, width: number, ascii: boolean) => string;
  readonly colour?: (row: Row) => Colour | undefined;
}

const NAME = 48;
const from = (least: number, width: number) => (total: number) =>
  total >= least ? width : 0;

/** In the order of the screen; a name takes what the others leave. */
const COLUMNS: readonly Column[] = [
  {
    title: 'STATE',
    align: 'left',
    width: () => 11,
    text: stateWord,
    colour: (row) => STATE_COLOURS[stateWord(row)] ?? 'yellow',
  },
  {
    title: 'WEIGHT',
    align: 'right',
    width: () => 6,
    text: ({ real }) => (real ? weightOf(real) : ''),
  },
  {
    title: 'CONNS',
    align: 'right',
    width: () => 6,
    text: (row) => humanCount(connectionsOf(row)),
  },
  {
    title: 'CONN/S',
    align: 'right',
    width: () => 6,
    text: ({ rate }) => humanRate(rate.connections),
  },
  {
    title: 'LATELY',
    align: 'left',
    width: (total) => (total >= 140 ? 30 : total >= 100 ? 14 : 8),
    text: ({ rate }, width, ascii) => sparkline(rate.history, width, { ascii }),
    colour: () => 'cyan',
  },
  {
    title: 'BYTES/S',
    align: 'right',
    width: (total) => (total < 100 ? 7 : 0),
    text: ({ rate }) => bytes(sum(rate.bytesIn, rate.bytesOut)),
  },
  {
    title: 'IN/S',
    align: 'right',
    width: from(100, 7),
    text: ({ rate }) => bytes(rate.bytesIn),
  },
  {
    title: 'OUT/S',
    align: 'right',
    width: from(100, 7),
    text: ({ rate }) => bytes(rate.bytesOut),
  },
];

/** `waiting-for-address` would be the only one that is longer than the column. */
function stateWord({ service, real }: Row): string {
  return real ? stateOf(real) : service.state.replace('waiting-for-address', 'waiting');
}

function humanCount(number: number): string {
  return number < 100_000 ? String(number) : humanRate(number);
}

function bytes(rate: number | undefined): string {
  return rate === undefined ? '-' : humanBytes(rate);
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

/** A part of a line, as wide as it is to be. */
export interface Cell {
  readonly text: string;
  readonly colour: Colour | undefined;
}

interface Laid {
  readonly name: number;
  readonly columns: readonly { readonly column: Column; readonly width: number }[];
  /** 0: none. */
  readonly note: number;
}

const LEAST_NOTE = 12;

/** How the columns share a terminal of that width. */
function lay(total: number): Laid {
  const columns = COLUMNS.map((column) => ({ column, width: column.width(total) }));
  const shown = columns.filter(({ width }) => width > 0);
  const taken = shown.reduce((all, { width }) => all + width + 1, MARK.length);
  const left = total - taken;
  const note = left - NAME - 1;
  return note >= LEAST_NOTE
    ? { name: NAME, columns: shown, note }
    : { name: Math.max(1, left), columns: shown, note: 0 };
}

const MARK = '> ';

export function titleCells(total: number): readonly Cell[] {
  const { name, columns, note } = lay(total);
  const cells = columns.map(({ column: { title, align }, width }) =>
    fit(title, width, align),
  );
  const last = note > 0 ? [fit('NOTE', note, 'left')] : [];
  return joined(['  ', fit('SERVICE, REAL SERVER', name, 'left')], [...cells, ...last]);
}

/** A row of the list. The one that is chosen is marked, not by colour alone. */
export function rowCells(
  row: Row,
  total: number,
  { chosen, ascii }: { readonly chosen: boolean; readonly ascii: boolean },
): readonly Cell[] {
  const { name, columns, note } = lay(total);
  const { service, real } = row;
  const title = real ? `  ${nameOf(real)}` : service.id;
  const cells = columns.map(({ column, width }) => ({
    text: fit(column.text(row, width, ascii), width, column.align).text,
    colour: column.colour?.(row),
  }));
  const last = note > 0 ? [fit(noteOf(row), note, 'left')] : [];
  const head = { ...fit(title, name, 'left'), ...(real ? {} : { colour: BOLD }) };
  return joined([chosen ? MARK : '  ', head], [...cells, ...last]);
}

const BOLD: Colour = 'bold';

function joined(
  [mark, name]: readonly [string, Cell],
  cells: readonly Cell[],
): readonly Cell[] {
  const blank = { text: ' ', colour: undefined };
  return [
    { text: mark, colour: undefined },
    name,
    ...cells.flatMap((cell) => [blank, cell]),
  ];
}

/** As wide as told, and nothing in it that a terminal obeys. */
function fit(text: string, width: number, align: 'left' | 'right'): Cell {
  const short = cut(printable(text), width);
  const padded = align === 'left' ? short.padEnd(width) : short.padStart(width);
  return { text: padded, colour: undefined };
}
