import { h, setHidden } from './dom.ts';
import { type Filter, showingOf } from './filter.ts';
import { createServiceView, type ServiceView, type Showing } from './service-view.ts';
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
  /** What somebody opened or closed. */
  const chosen = new Map<string, boolean>();
  let known: Known | undefined;
  let filter: Filter = { text: '', attention: false };
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
  const views = createViews(manage, (service) => {
    chosen.set(service.status.id, !isOpen(service));
    narrow();
  });
  const isOpen = (service: KnownService) =>
    chosen.get(service.status.id) ?? opensAtFirst(service, known);

  function narrow(): void {
    const services = [...(known?.services.values() ?? [])];
    const showings = services.map((one) => showingOf(one, filter, isOpen(one)));
    views.show(showings);
    setHidden(
      nothing,
      showings.some((showing) => showing !== undefined),
    );
    nothing.textContent =
      services.length === 0 ? 'There is no virtual service.' : 'Nothing fits.';
  }

  const label = { class: 'panel', 'aria-labelledby': 'services-title' };
  return {
    element: h('section', label, tools, views.element, nothing),
    update(next, anew) {
      known = next;
      if (anew) views.build([...next.services.values()]);
      views.update([...next.services.values()]);
      if (anew || filter.text !== '' || filter.attention) narrow();
    },
  };
}

/** The views of the services, in their order. One whose real servers are the same ones stays, and with it
 *  the focus. */
function createViews(
  manage: (real: KnownReal) => void,
  toggle: (service: KnownService) => void,
) {
  interface Kept {
    readonly reals: string;
    readonly view: ServiceView;
    service: KnownService;
  }
  const element = h('div', { class: 'services' });
  let all: readonly Kept[] = [];

  function make(service: KnownService, reals: string): Kept {
    const kept: Kept = {
      ...{ service, reals },
      view: createServiceView(service, manage, () => toggle(kept.service)),
    };
    return kept;
  }
  return {
    element,
    build(services: readonly KnownService[]): void {
      const before = new Map(all.map((kept) => [kept.service.status.id, kept]));
      all = services.map((service) => {
        const reals = [...service.reals.keys()].join(' ');
        const kept = before.get(service.status.id);
        return kept?.reals === reals ? kept : make(service, reals);
      });
      const elements = all.map(({ view }) => view.element);
      const same =
        element.childElementCount === elements.length &&
        elements.every((one, at) => element.children[at] === one);
      if (!same) element.replaceChildren(...elements);
    },
    update(services: readonly KnownService[]): void {
      for (const [at, service] of services.entries()) {
        const kept = all[at];
        if (!kept) continue;
        kept.service = service;
        kept.view.update(service);
      }
    },
    show(showings: readonly (Showing | undefined)[]): void {
      for (const [at, showing] of showings.entries()) all[at]?.view.show(showing);
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
  const isPressed = () => attention.getAttribute('aria-pressed') === 'true';
  const press = () => {
    attention.setAttribute('aria-pressed', `${!isPressed()}`);
    told();
  };
  const attention = button('Needs attention', press);
  attention.classList.add('toggle');
  attention.setAttribute('aria-pressed', 'false');
  const told = () =>
    filter({ text: text.value.trim().toLowerCase(), attention: isPressed() });
  const both = [
    button('Open all', () => openAll(true)),
    button('Close all', () => openAll(false)),
  ];
  return h(
    'div',
    { class: 'tools' },
    h('h2', { id: 'services-title' }, 'Virtual services'),
    h('label', { class: 'unseen', for: 'filter' }, 'Show only'),
    text,
    attention,
    h('span', { class: 'pair' }, ...both),
  );
}

function button(text: string, onclick: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: 'button', onclick }, text);
}
