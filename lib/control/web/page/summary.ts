import { type Child, h, liveText, setAttribute, setHidden } from './dom.ts';
import { bytes, count, rate } from './format.ts';
import { createSpark } from './spark.ts';
import { type Known, sums } from './state.ts';
import type { Tone } from './words.ts';

/** How everything is, in five figures, and what the operator has to mend. */
export interface Summary {
  readonly element: HTMLElement;
  update(known: Known): void;
  /** The director does not answer; undefined: it does. */
  trouble(message: string | undefined): void;
}

export function createSummary(): Summary {
  const spark = createSpark(140, 34);
  const tiles = {
    services: tile('Services up'),
    reals: tile('Real servers up'),
    rate: tile('New per second', spark.element),
    open: tile('Open connections'),
    traffic: tile('Traffic'),
  };
  const notices = {
    ...{ trouble: notice(), config: notice() },
    ...{ mail: notice(), webhook: notice(), command: notice() },
  };
  const figures = Object.values(tiles).map(({ element }) => element);
  const list = h('dl', { class: 'tiles' }, ...figures);
  const label = { class: 'summary', 'aria-label': 'Overview' };
  return {
    element: h('section', label, ...Object.values(notices), list),
    update({ head, services, connections }) {
      const states = [...services.values()].map(({ status }) => status.state);
      const good = states.filter((state) => state === 'up').length;
      const sum = sums(services.values());
      const all = good === states.length;
      tiles.services.set(`${good} of ${states.length}`, all ? 'good' : 'bad');
      tiles.reals.set(
        `${sum.up} of ${sum.reals}`,
        sum.up < sum.reals ? 'care' : 'good',
      );
      tiles.rate.set(rate(connections.now()));
      spark.draw(connections);
      tiles.open.set(count(sum.open));
      tiles.traffic.set(`${bytes(sum.bytesIn + sum.bytesOut)}/s`);
      say(notices.config, 'The last reload was refused', head.configError);
      say(notices.mail, 'Alerts cannot be mailed', head.mailProblem);
      say(notices.webhook, 'Changes cannot be told to a webhook', head.webhookProblem);
      say(notices.command, 'A command told of a change failed', head.commandProblem);
    },
    trouble: (message) =>
      say(notices.trouble, 'The director does not answer', message ?? null),
  };
}

function tile(title: string, ...more: readonly Child[]) {
  const text = liveText();
  const value = h('dd', {}, h('span', {}, text.node), ...more);
  const element = h('div', { class: 'tile' }, h('dt', {}, title), value);
  return {
    element,
    set(words: string, tone?: Tone): void {
      text.set(words);
      setAttribute(element, 'data-tone', tone);
    },
  };
}

function notice(): HTMLElement {
  return h('p', { class: 'notice', role: 'alert', hidden: true });
}

function say(element: HTMLElement, title: string, why: string | null): void {
  setHidden(element, why === null);
  const text = why === null ? '' : `${title}: ${why}`;
  if (element.textContent !== text) element.textContent = text;
}
