import { basename } from 'node:path';
import type { StatusDocument } from '../../model/status.ts';
import {
  type Colour,
  cut,
  humanBytes,
  humanSpan,
  type Paint,
  painter,
  printable,
} from '../show-text.ts';
import { fullName } from '../targets.ts';
import { humanRate } from './bars.ts';
import { type Cell, rowCells, titleCells } from './columns.ts';
import { HELP } from './help.ts';
import { noteOf } from './notes.ts';
import { keyOf, type Rates } from './rates.ts';
import type { Row } from './rows.ts';
import { indexIn, type View } from './view.ts';

/** What is known of the director. */
export interface Known {
  readonly document: StatusDocument;
  readonly rates: Rates;
  readonly rows: readonly Row[];
  /** Why it does not answer, and for how long; undefined: it does. */
  readonly lost: { readonly reason: string; readonly seconds: number } | undefined;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Look {
  readonly colour: boolean;
  /** No block characters. */
  readonly ascii: boolean;
  /** Local time, as the screen shows it. */
  readonly clock: string;
}

/** Lines that are no rows of the list. */
const AROUND = 6;

/** Rows of the list that such a screen has. */
export function pageOf({ rows }: Size): number {
  return Math.max(1, rows - AROUND);
}

/** The whole screen: a line each, none wider than it is. */
export function frame(
  known: Known,
  view: View,
  size: Size,
  look: Look,
): readonly string[] {
  const { columns } = size;
  const paint = painter(look.colour);
  const line = (text: string, colour?: Colour) => {
    const short = cut(printable(text), columns);
    return colour ? paint(colour, short) : short;
  };
  const chosen = known.rows[indexIn(known.rows, view)];
  const lines = [
    line(head(known, look), 'bold'),
    line(totals(known)),
    line(trouble(known), 'red'),
    painted(clip(titleCells(columns), columns), paint, 'dim'),
    ...(view.mode.type === 'help'
      ? HELP.map((text) => line(text))
      : list(known, view, size, look)),
  ];
  const full = lines.slice(0, Math.max(1, size.rows - 2));
  while (full.length < size.rows - 2) full.push('');
  const detail = chosen ? `${fullName(chosen)}: ${noteOf(chosen)}` : '';
  const last = bottom(known, view);
  const whole = [...full, line(detail, 'dim'), line(last.text, last.colour)];
  const fitting = whole.slice(0, size.rows);
  return look.ascii ? fitting.map(plainLetters) : fitting;
}

function plainLetters(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are to stay
  return line.replaceAll('…', '~').replace(/[^\u001b -~]/gu, '?');
}

function head({ document }: Known, { clock }: Look): string {
  const { version, config, pid, uptimeSeconds } = document;
  return `${clock}  l4director ${version}  ${basename(config)}  pid ${pid}  up ${humanSpan(uptimeSeconds)}`;
}

function totals({ document: { services }, rates }: Known): string {
  const reals = services.flatMap((service) =>
    service.reals.filter(({ fallback }) => !fallback),
  );
  const states = new Map<string, number>();
  for (const { state } of reals) states.set(state, (states.get(state) ?? 0) + 1);
  const words = [...states].map(([state, count]) => `${count} ${state}`).join(', ');
  const total = (of: 'connections' | 'bytesIn' | 'bytesOut') =>
    services.reduce((sum, { id }) => sum + (rates.rows.get(keyOf(id))?.[of] ?? 0), 0);
  return `${services.length} services, ${reals.length} real servers: ${words || '-'}  ${humanRate(total('connections'))} conn/s  ${humanBytes(total('bytesIn'))}/s in  ${humanBytes(total('bytesOut'))}/s out`;
}

function trouble({ lost, document }: Known): string {
  const { configError, mail, webhooks, alertCommands } = document;
  if (lost)
    return `NO ANSWER for ${humanSpan(lost.seconds)}, trying again: ${lost.reason}`;
  if (configError !== null)
    return `CONFIG ERROR, not in force: ${configError.split('\n')[0]}`;
  if (mail.problem !== null) return `MAIL: ${mail.problem}`;
  if (webhooks.problem !== null) return `WEBHOOK: ${webhooks.problem}`;
  return alertCommands.problem === null ? '' : `COMMAND: ${alertCommands.problem}`;
}

/** The part of the list around the chosen row. */
function list(
  { rows, lost }: Known,
  view: View,
  size: Size,
  { colour, ascii }: Look,
): readonly string[] {
  if (rows.length === 0)
    return [view.filter === '' ? '  no virtual service is configured' : '  none fits'];
  const page = pageOf(size);
  const index = indexIn(rows, view);
  const most = Math.max(0, rows.length - page);
  const top = Math.max(0, Math.min(most, index - Math.floor(page / 2)));
  const paint = painter(colour && lost === undefined);
  return rows.slice(top, top + page).map((row, at) => {
    const chosen = top + at === index;
    const cells = clip(rowCells(row, size.columns, { chosen, ascii }), size.columns);
    return chosen ? reversed(cells) : painted(cells, paint, undefined);
  });
}

function painted(
  cells: readonly Cell[],
  paint: Paint,
  whole: Colour | undefined,
): string {
  const text = cells
    .map(({ text, colour }) => (colour ? paint(colour, text) : text))
    .join('');
  return whole ? paint(whole, text) : text;
}

/** For a screen that is narrower than the narrowest list. */
function clip(cells: readonly Cell[], width: number): readonly Cell[] {
  let left = width;
  return cells.map(({ text, colour }) => {
    const short = [...text].slice(0, Math.max(0, left)).join('');
    left -= [...text].length;
    return { text: short, colour };
  });
}

/** It is no colour, and so stays where colours are not wanted. */
function reversed(cells: readonly Cell[]): string {
  return `\u001b[7m${cells.map(({ text }) => text).join('')}\u001b[0m`;
}

const HINTS =
  'd drain  e enable  m maintenance  +/- weight  c sort  / filter  ? help  q quit';

function bottom(
  { rows }: Known,
  { mode, message, filter, sort }: View,
): { readonly text: string; readonly colour: Colour | undefined } {
  if (mode.type === 'ask')
    return { text: `${mode.question.words}? y/n`, colour: 'yellow' };
  if (mode.type === 'filter')
    return {
      text: `filter: ${filter}_  (Enter keeps, Esc takes back)`,
      colour: 'cyan',
    };
  if (message) return { text: message.text, colour: message.bad ? 'red' : 'green' };
  const set = [
    ...(sort === 'file' ? [] : [`by ${sort}`]),
    ...(filter === '' ? [] : [`/${filter} (${rows.length}), Esc ends it`]),
  ];
  const text = set.length === 0 ? HINTS : `${set.join('  ')}  ${HINTS}`;
  return { text, colour: 'dim' };
}
