import { h, liveText, setAttribute } from './dom.ts';
import { bytes, count, plural, rate } from './format.ts';
import { createPill } from './pill.ts';
import { type KnownService, sums } from './state.ts';

/** The line of a service: what opens it, its state, its numbers. */
export interface ServiceLine {
  readonly element: HTMLElement;
  setOpen(open: boolean): void;
  update(service: KnownService): void;
}

/** @param body  what it opens: the id of an element */
export function createServiceLine(
  id: string,
  body: string,
  toggle: () => void,
): ServiceLine {
  const pill = createPill('starting');
  const figures = [liveText(), liveText(), liveText(), liveText()];
  const kind = liveText();
  const button = h(
    'button',
    { type: 'button', class: 'service-name', 'aria-controls': body, onclick: toggle },
    h('span', { class: 'chevron', 'aria-hidden': 'true' }),
    h('span', { class: 'id' }, id),
  );
  const element = h(
    'div',
    { class: 'service-line' },
    h('h3', {}, button),
    pill.element,
    h('p', { class: 'kind' }, kind.node),
    h('ul', { class: 'figures' }, ...figures.map(({ node }) => h('li', {}, node))),
  );
  return {
    element,
    setOpen: (open) => setAttribute(button, 'aria-expanded', `${open}`),
    update(service) {
      pill.set(service.status.state);
      kind.set(kindOf(service));
      for (const [at, words] of figuresOf(service).entries()) figures[at]?.set(words);
    },
  };
}

function figuresOf(service: KnownService): readonly string[] {
  const { up, reals, open, connections, bytesIn, bytesOut } = sums([service]);
  return [
    `${up} of ${reals} up`,
    `${count(open)} open`,
    `${rate(connections)} new/s`,
    `${bytes(bytesIn + bytesOut)}/s`,
  ];
}

function kindOf({ status }: KnownService): string {
  const { scheduler, engine, persistent, persistenceEntries } = status;
  const persists =
    persistent === null
      ? []
      : [`persistent ${persistent} s (${plural(persistenceEntries, 'client')})`];
  return [scheduler, engine, ...persists].join(' · ');
}
