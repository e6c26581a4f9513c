import type { RealStatus } from '../../../model/status.ts';
import type { Order } from './actions.ts';
import { h } from './dom.ts';

/** The buttons for what may be done with a real server. */
export interface Orders {
  readonly element: HTMLElement;
  /** For this server. */
  fill(status: RealStatus): void;
  /** Where somebody who called it off goes on. */
  focus(type: Order['type']): void;
}

/** Until a drain ends what is left: seconds, and in words. */
const DEADLINES = [
  [0, 'now'],
  [60, 'after a minute'],
  [600, 'after 10 minutes'],
  [1800, 'after half an hour'],
  [3600, 'after an hour'],
  [28_800, 'after 8 hours'],
] as const;
const USUAL = 600;
const HIGHEST_WEIGHT = 65_535;

export function createOrders(ask: (order: Order) => void): Orders {
  const weight = h('input', {
    ...{ id: 'weight', type: 'number', min: 0, max: HIGHEST_WEIGHT, step: 1 },
    ...{ required: true, inputmode: 'numeric' },
  });
  const within = deadlines();
  const buttons = {
    weight: h('button', { type: 'submit', class: 'button' }, 'Set weight'),
    drain: h('button', { type: 'submit', class: 'button' }, 'Drain'),
    maintenance: plain('Maintenance', () => ask({ type: 'maintenance' })),
    ready: plain('Enable', () => ask({ type: 'ready' })),
  };
  const again = plain("The file's weight", () => ask({ type: 'weight', weight: null }));
  const setWeight = form(
    () => ask({ type: 'weight', weight: weight.valueAsNumber }),
    [h('label', { for: 'weight' }, 'Weight'), weight, buttons.weight, again],
  );
  const drain = form(
    () => ask({ type: 'drain', withinSeconds: Number(within.value) }),
    [h('label', { for: 'within' }, 'End connections'), within, buttons.drain],
  );
  const states = h('div', { class: 'buttons' }, buttons.ready, buttons.maintenance);
  const parts = [setWeight, drain, states];
  const element = h('section', { class: 'orders', 'aria-label': 'Actions' }, ...parts);
  return {
    element,
    fill(status) {
      const { override, configuredWeight, fallback } = status;
      weight.value = String(override?.weight ?? configuredWeight);
      again.hidden = (override?.weight ?? null) === null;
      buttons.ready.disabled = isReady(status);
      buttons.maintenance.disabled = override?.state === 'maintenance';
      for (const part of parts) part.hidden = fallback;
    },
    focus: (type) => buttons[type].focus(),
  };
}

/** Neither an operator nor its agent holds it. */
function isReady({ override, agent }: RealStatus): boolean {
  const holds = agent !== null && (agent.state !== 'ready' || agent.down !== null);
  return (override?.state ?? 'ready') === 'ready' && !holds;
}

function deadlines(): HTMLSelectElement {
  const options = DEADLINES.map(
    ([seconds, words]) =>
      new Option(words, String(seconds), seconds === USUAL, seconds === USUAL),
  );
  return h('select', { id: 'within' }, ...options);
}

function form(order: () => void, parts: readonly HTMLElement[]): HTMLFormElement {
  const onsubmit = (event: Event) => {
    event.preventDefault();
    order();
  };
  return h('form', { class: 'order', onsubmit }, ...parts);
}

function plain(text: string, onclick: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: 'button', onclick }, text);
}
