import type { RealRef } from '../../../model/override.ts';
import type { CheckRecord } from '../../../model/status.ts';
import type { ChecksAnswer } from '../wire.ts';
import { ask, reasonOf } from './api.ts';
import { h } from './dom.ts';
import { timeOfDay } from './format.ts';
import { createPill } from './pill.ts';

/** The last checks of a real server. */
export interface Checks {
  readonly element: HTMLElement;
  load(ref: RealRef): Promise<void>;
}

export function createChecks(): Checks {
  const place = h('div', {
    class: 'scroll',
    tabindex: 0,
    role: 'group',
    'aria-labelledby': 'checks-title',
  });
  const element = h(
    'section',
    { 'aria-labelledby': 'checks-title' },
    h('h3', { id: 'checks-title' }, 'Last checks'),
    place,
  );
  let asked = 0;
  return {
    element,
    async load({ service, real }) {
      const mine = ++asked;
      place.replaceChildren(h('p', { class: 'nothing' }, 'Asking ...'));
      const shown = await list(service, real);
      if (mine === asked) place.replaceChildren(shown);
    },
  };
}

async function list(service: string, real: string): Promise<HTMLElement> {
  try {
    const query = new URLSearchParams({ service, real });
    const { checks } = await ask<ChecksAnswer>('GET', `/api/checks?${query}`);
    if (checks.length === 0) return h('p', { class: 'nothing' }, 'None yet.');
    return h('ol', { class: 'checks' }, ...checks.map(item));
  } catch (error) {
    return h('p', { class: 'refusal' }, reasonOf(error));
  }
}

function item({ at, durationMs, up, made, message }: CheckRecord): HTMLElement {
  return h(
    'li',
    {},
    createPill(up ? 'up' : 'down').element,
    h('time', { datetime: at }, timeOfDay(new Date(at))),
    h('span', { class: 'took' }, `${Math.round(durationMs)} ms`),
    h('span', { class: 'message' }, made === null ? message : `${made}: ${message}`),
  );
}
