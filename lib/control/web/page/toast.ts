import { h } from './dom.ts';

/** Something that can be taken back. */
export interface Undo {
  readonly label: string;
  run(): void;
}

const MOST = 3;
const LASTS_MS = 20_000;

/** Says what was done, for 20 s; not while it is pointed at or has the focus. */
export function toast(text: string, undo?: Undo, tone: 'good' | 'bad' = 'good'): void {
  const place = document.getElementById('toasts');
  if (!place) return;
  const words = h('p', { role: tone === 'bad' ? 'alert' : 'status' });
  const element = h('div', { class: 'toast', 'data-tone': tone }, words);
  const close = () => element.remove();
  if (undo)
    element.append(
      h(
        'button',
        {
          ...{ type: 'button', class: 'button quiet', 'aria-label': undo.label },
          onclick: () => {
            close();
            undo.run();
          },
        },
        'Undo',
      ),
    );
  element.append(
    h(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: close },
      '×',
    ),
  );
  leaveAfter(element, close);
  place.append(element);
  while (place.childElementCount > MOST) place.firstElementChild?.remove();
  // In a status that is there already, so that it is read out.
  setTimeout(() => {
    words.textContent = text;
  }, 50);
}

function leaveAfter(element: HTMLElement, close: () => void): void {
  let timer = setTimeout(close, LASTS_MS);
  const hold = () => clearTimeout(timer);
  const release = () => {
    clearTimeout(timer);
    timer = setTimeout(close, LASTS_MS);
  };
  element.addEventListener('pointerenter', hold);
  element.addEventListener('pointerleave', release);
  element.addEventListener('focusin', hold);
  element.addEventListener('focusout', release);
}
