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
  const within = h('select', { id: 'within' });
  for (const [seconds, words] of DEADLINES)
    within.append(
      new Option(words, String(seconds), seconds === USUAL, seconds === USUAL),
    );
  const buttons = {
    weight: h('button', { type: 'submit', class: 'button' }, 'Set weight'),
    drain: h('button', { type: 'submit', class: 'button' }, 'Drain'),
    maintenance: plain('Maintenance', () => ask({ type: 'maintenance' })),
    ready: plain('Enable', () => ask({ type: 'ready' })),
  };
  const again = plain("The file's weight", () => ask({ type: 'weight', weight: null }));
  const form = (order: () => Order, ...parts: readonly HTMLElement[]) =>
    h(
      'form',
      {
        class: 'order',
        onsubmit: (event) => {
          event.preventDefault();
          ask(order());
        },
      },
      ...parts,
    );
  const element = h(
    'section',
    { class: 'orders', 'aria-label': 'Actions' },
    form(
      () => ({ type: 'weight', weight: weight.valueAsNumber }),
      h('label', { for: 'weight' }, 'Weight'),
      weight,
      buttons.weight,
      again,
    ),
    form(
      () => ({ type: 'drain', withinSeconds: Number(within.value) }),
      h('label', { for: 'within' }, 'End connections'),
      within,
      buttons.drain,
    ),
    h('div', { class: 'buttons' }, buttons.ready, buttons.maintenance),
  );
  return {
    element,
    fill({ override, configuredWeight, fallback }) {
      weight.value = String(override?.weight ?? configuredWeight);
      again.hidden = override?.weight === undefined || override.weight === null;
      buttons.ready.disabled = override === null || override.state === 'ready';
      buttons.maintenance.disabled = override?.state === 'maintenance';
      element.hidden = fallback;
    },
    focus: (type) => buttons[type].focus(),
  };
}

function plain(text: string, onclick: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: 'button', onclick }, text);
}
