import type { RealRef, Wish } from '../../model/override.ts';
import type { RealStatus } from '../../model/status.ts';
import type { Row, Sort } from './rows.ts';
import { SORTS } from './rows.ts';

/** What the operator has made of the screen. */
export interface View {
  /** Of the row that is chosen; undefined: the first. */
  readonly chosen: string | undefined;
  /** Where that was, for when it goes. */
  readonly index: number;
  readonly filter: string;
  readonly sort: Sort;
  readonly mode: Mode;
  /** What came of the last thing; goes with the next key. */
  readonly message: Message | undefined;
}

export type Mode =
  | { readonly type: 'list' | 'help' }
  /** The filter is being typed; `before`: what it was. */
  | { readonly type: 'filter'; readonly before: string }
  | { readonly type: 'ask'; readonly question: Question };

export interface Message {
  readonly text: string;
  readonly bad: boolean;
}

/** A change that waits for a yes. */
export interface Question {
  readonly ref: RealRef;
  readonly wish: Wish;
  /** `drain 10.1.1.21:80` */
  readonly words: string;
}

/** What is to be done beside drawing. */
export type Effect =
  | { readonly type: 'quit' | 'suspend' | 'redraw' }
  | { readonly type: 'change'; readonly question: Question };

export interface Pressed {
  readonly view: View;
  readonly effect?: Effect;
}

/** What a key is pressed on. */
export interface Around {
  readonly rows: readonly Row[];
  /** Rows that are on the screen. */
  readonly page: number;
}

export const FIRST_VIEW: View = {
  chosen: undefined,
  index: 0,
  filter: '',
  sort: 'file',
  mode: { type: 'list' },
  message: undefined,
};

/** Where the chosen row is now: where it was, when it has gone. */
export function indexIn(rows: readonly Row[], { chosen, index }: View): number {
  const found = rows.findIndex(({ key }) => key === chosen);
  return found >= 0 ? found : Math.max(0, Math.min(index, rows.length - 1));
}

/** What a key makes of the view. */
export function press(before: View, key: string, around: Around): Pressed {
  const view = { ...before, message: undefined };
  if (key === 'suspend' || key === 'redraw')
    return { view: before, effect: { type: key } };
  if (key === 'interrupt') return { view, effect: { type: 'quit' } };
  const { mode } = view;
  switch (mode.type) {
    case 'help':
      return { view: { ...view, mode: { type: 'list' } } };
    case 'filter':
      return { view: typed(view, mode.before, key) };
    case 'ask':
      return answered(view, mode.question, key);
    case 'list':
      return listed(view, key, around);
  }
}

function typed(view: View, before: string, key: string): View {
  if (key === 'enter') return { ...view, mode: { type: 'list' } };
  if (key === 'escape') return { ...view, filter: before, mode: { type: 'list' } };
  if (key === 'backspace') return { ...view, filter: view.filter.slice(0, -1) };
  return [...key].length === 1 ? { ...view, filter: view.filter + key } : view;
}

function answered(view: View, question: Question, key: string): Pressed {
  const list = { ...view, mode: { type: 'list' } } as const;
  if (key === 'y' || key === 'Y')
    return { view: list, effect: { type: 'change', question } };
  const { weight } = question.wish;
  const step = key === '+' ? 1 : key === '-' ? -1 : 0;
  if (typeof weight === 'number' && step !== 0) {
    const next = withWeight(question, weight + step);
    return { view: { ...view, mode: { type: 'ask', question: next } } };
  }
  return { view: { ...list, message: { text: 'nothing changed', bad: false } } };
}

const MOST_WEIGHT = 65_535;

function withWeight(question: Question, wanted: number): Question {
  const weight = Math.max(0, Math.min(MOST_WEIGHT, wanted));
  const words = question.words.replace(/\d+$/, String(weight));
  return { ...question, wish: { weight }, words };
}

/** How far a key moves. */
const MOVES: Readonly<Record<string, (page: number) => number>> = {
  up: () => -1,
  k: () => -1,
  down: () => 1,
  j: () => 1,
  'page up': (page) => -page,
  'page down': (page) => page,
  home: () => -Infinity,
  g: () => -Infinity,
  end: () => Infinity,
  G: () => Infinity,
};

function listed(view: View, key: string, { rows, page }: Around): Pressed {
  const index = indexIn(rows, view);
  const move = Object.hasOwn(MOVES, key) ? MOVES[key] : undefined;
  if (move) return { view: chosenAt(view, rows, index + move(page)) };
  if (key === 'q') return { view, effect: { type: 'quit' } };
  if (key === '?' || key === 'h') return { view: { ...view, mode: { type: 'help' } } };
  if (key === '/')
    return { view: { ...view, mode: { type: 'filter', before: view.filter } } };
  if (key === 'escape') return { view: { ...view, filter: '' } };
  if (key === 'c') return { view: { ...view, sort: nextSort(view.sort) } };
  const change = Object.hasOwn(CHANGES, key) ? CHANGES[key] : undefined;
  return { view: change ? asked(view, rows[index], change) : view };
}

function chosenAt(view: View, rows: readonly Row[], wanted: number): View {
  const index = Math.max(0, Math.min(rows.length - 1, wanted));
  return { ...view, index, chosen: rows[index]?.key };
}

function nextSort(sort: Sort): Sort {
  return SORTS[(SORTS.indexOf(sort) + 1) % SORTS.length] ?? 'file';
}

type Change = (real: RealStatus) => { readonly verb: string; readonly wish: Wish };

const weightBy =
  (step: number): Change =>
  ({ override, configuredWeight }) => {
    const now = override?.weight ?? configuredWeight;
    const weight = Math.max(0, Math.min(MOST_WEIGHT, now + step));
    return { verb: `weight ${now} -> ${weight}`, wish: { weight } };
  };

const CHANGES: Readonly<Record<string, Change>> = {
  d: () => ({ verb: 'drain', wish: { state: 'drain' } }),
  e: () => ({ verb: 'enable', wish: { state: 'ready' } }),
  m: () => ({ verb: 'maintenance', wish: { state: 'maintenance' } }),
  '+': weightBy(1),
  '=': weightBy(1),
  '-': weightBy(-1),
};

function asked(view: View, row: Row | undefined, change: Change): View {
  const { real } = row ?? {};
  if (row === undefined || real === undefined || real.fallback) {
    const text = real?.fallback
      ? 'a fallback cannot be changed'
      : 'choose a real server first';
    return { ...view, message: { text, bad: true } };
  }
  const { verb, wish } = change(real);
  const [first, ...more] = verb.split(' ');
  const words = [first, real.id, ...more].join(' ');
  const ref = { service: row.service.id, real: real.id };
  const question: Question = { ref, wish, words };
  // While it asks, the list may move below it: the row stays the chosen one.
  return { ...view, chosen: row.key, mode: { type: 'ask', question } };
}
