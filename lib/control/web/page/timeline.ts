import type { DirectorEvent } from '../../../model/event.ts';
import { h } from './dom.ts';
import { day, timeOfDay } from './format.ts';
import { createPill } from './pill.ts';
import { eventWords } from './words.ts';

/** What has happened, the newest first. */
export interface Timeline {
  readonly element: HTMLElement;
  /** In the place of all that was there. @param events  the oldest first */
  replace(events: readonly DirectorEvent[]): void;
  add(event: DirectorEvent): void;
}

const MOST = 200;

export function createTimeline(): Timeline {
  const list = h('ol', {
    class: 'events',
    tabindex: 0,
    'aria-label': 'What has happened, the newest first',
  });
  const nothing = h('p', { class: 'nothing' }, 'Nothing has happened yet.');
  const element = h(
    'aside',
    { class: 'panel timeline', 'aria-labelledby': 'timeline-title' },
    h('div', { class: 'tools' }, h('h2', { id: 'timeline-title' }, 'Timeline')),
    list,
    nothing,
  );
  const tidy = () => {
    while (list.childElementCount > MOST) list.lastElementChild?.remove();
    nothing.hidden = list.childElementCount > 0;
    list.hidden = !nothing.hidden;
  };
  tidy();
  return {
    element,
    replace(events) {
      list.replaceChildren(...events.slice(-MOST).reverse().map(item));
      tidy();
    },
    add(event) {
      list.prepend(item(event));
      tidy();
    },
  };
}

function item(event: DirectorEvent): HTMLElement {
  const at = new Date(event.at);
  const { state, title, detail } = eventWords(event);
  const today = day(at) === day(new Date());
  return h(
    'li',
    {},
    h(
      'time',
      { datetime: event.at },
      today ? timeOfDay(at) : `${day(at)} ${timeOfDay(at)}`,
    ),
    state === undefined
      ? h('span', { class: 'pill', 'data-tone': 'idle' }, event.type)
      : createPill(state).element,
    h('p', {}, title),
    h('p', { class: 'detail' }, detail),
  );
}
