import { h, setHidden } from './dom.ts';
import { type Filter, showingOf } from './filter.ts';
import { createServiceView, type ServiceView } from './service-view.ts';
import {
  type Known,
  type KnownReal,
  type KnownService,
  needsAttention,
} from './state.ts';

/** All virtual services, with what narrows them down. */
export interface ServiceList {
  readonly element: HTMLElement;
  /** @param anew  services or real servers have come or gone */
  update(known: Known, anew: boolean): void;
}

/** With no more real servers than this all services are open at first. */
const FEW = 60;

export function createServiceList(manage: (real: KnownReal) => void): ServiceList {
  const views = new Map<string, ServiceView>();
  /** What somebody opened or closed. */
  const chosen = new Map<string, boolean>();
  let known: Known | undefined;
  let filter: Filter = { text: '', attention: false };
  const list = h('div', { class: 'services' });
  const nothing = h('p', { class: 'nothing', hidden: true });
  const tools = createTools({
    filter(next) {
      filter = next;
      narrow();
    },
    openAll(open) {
      for (const id of known?.services.keys() ?? []) chosen.set(id, open);
      narrow();
    },
  });
  const element = h(
    'section',
    { class: 'panel', 'aria-labelledby': 'services-title' },
    tools,
    list,
    nothing,
  );

  const isOpen = (id: string, service: KnownService) =>
    chosen.get(id) ?? opensAtFirst(service, known);

  function narrow(): void {
    if (!known) return;
    let any = false;
    for (const [id, service] of known.services) {
      const showing = showingOf(service, filter, isOpen(id, service));
      views.get(id)?.show(showing);
      any ||= showing !== undefined;
    }
    setHidden(nothing, any);
    nothing.textContent =
      known.services.size === 0 ? 'There is no virtual service.' : 'Nothing fits.';
  }

  function build(next: Known): void {
    views.clear();
    for (const [id, service] of next.services) {
      const toggle = () => {
        const now = known?.services.get(id);
        if (now) chosen.set(id, !isOpen(id, now));
        narrow();
      };
      views.set(id, createServiceView(service, manage, toggle));
    }
    list.replaceChildren(...[...views.values()].map((view) => view.element));
  }

  return {
    element,
    update(next, anew) {
      known = next;
      const now = Date.now();
      if (anew) build(next);
      for (const [id, service] of next.services) views.get(id)?.update(service, now);
      if (anew || filter.text !== '' || filter.attention) narrow();
    },
  };
}

/** Few are all open; of many, none. */
function opensAtFirst(service: KnownService, known: Known | undefined): boolean {
  let reals = 0;
  for (const one of known?.services.values() ?? []) reals += one.reals.size;
  if (reals <= FEW) return true;
  return reals <= FEW * 5 && [...service.reals.values()].some(needsAttention);
}

interface ToolHandlers {
  filter(filter: Filter): void;
  openAll(open: boolean): void;
}

function createTools({ filter, openAll }: ToolHandlers): HTMLElement {
  const text = h('input', {
    ...{ type: 'search', id: 'filter', placeholder: 'Address, port or state' },
    ...{ autocomplete: 'off', spellcheck: 'false', maxlength: 100 },
    oninput: () => told(),
  });
  const attention = h(
    'button',
    {
      ...{ type: 'button', class: 'button toggle', 'aria-pressed': 'false' },
      onclick: () => {
        const on = attention.getAttribute('aria-pressed') !== 'true';
        attention.setAttribute('aria-pressed', `${on}`);
        told();
      },
    },
    'Needs attention',
  );
  const told = () =>
    filter({
      text: text.value.trim().toLowerCase(),
      attention: attention.getAttribute('aria-pressed') === 'true',
    });
  const all = (label: string, open: boolean) =>
    h(
      'button',
      { type: 'button', class: 'button', onclick: () => openAll(open) },
      label,
    );
  return h(
    'div',
    { class: 'tools' },
    h('h2', { id: 'services-title' }, 'Virtual services'),
    h('label', { class: 'unseen', for: 'filter' }, 'Show only'),
    text,
    attention,
    h('span', { class: 'pair' }, all('Open all', true), all('Close all', false)),
  );
}
