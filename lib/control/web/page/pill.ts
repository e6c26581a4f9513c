import { h, setAttribute, svg } from './dom.ts';
import { type Tone, toneOf, wordOf } from './words.ts';

/** A shape for each tone, so that colour is never alone: a disc, a cross, a half disc, a ring. */
const SHAPES: Readonly<Record<Tone, string>> = {
  good: 'M6 1a5 5 0 1 0 0 10a5 5 0 0 0 0-10z',
  bad: 'M2.6 1.2L6 4.6L9.4 1.2L10.8 2.6L7.4 6L10.8 9.4L9.4 10.8L6 7.4L2.6 10.8L1.2 9.4L4.6 6L1.2 2.6z',
  care: 'M6 1a5 5 0 1 0 0 10zM6 1a5 5 0 0 1 0 10v-1.4a3.6 3.6 0 0 0 0-7.2z',
  idle: 'M6 1a5 5 0 1 0 0 10a5 5 0 0 0 0-10zm0 1.6a3.4 3.4 0 1 1 0 6.8a3.4 3.4 0 0 1 0-6.8z',
};

/** A state with its shape, its colour and its word. */
export interface Pill {
  readonly element: HTMLElement;
  set(state: string): void;
}

export function createPill(state: string): Pill {
  const path = svg('path', { 'fill-rule': 'evenodd' });
  const shape = svg(
    'svg',
    { viewBox: '0 0 12 12', width: 10, height: 10, 'aria-hidden': 'true' },
    path,
  );
  const word = h('span');
  const element = h('span', { class: 'pill' }, shape, word);
  let shown = '';
  const set = (next: string) => {
    if (next === shown) return;
    shown = next;
    const tone = toneOf(next);
    setAttribute(element, 'data-tone', tone);
    setAttribute(path, 'd', SHAPES[tone]);
    word.textContent = wordOf(next);
  };
  set(state);
  return { element, set };
}
