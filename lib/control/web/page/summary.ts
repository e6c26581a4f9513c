import {
  type Child,
  h,
  type LiveText,
  liveText,
  setAttribute,
  setHidden,
} from './dom.ts';
import { bytes, count, rate } from './format.ts';
import { createSpark } from './spark.ts';
import { type Known, sums } from './state.ts';

/** How everything is, in five figures, and what the operator has to mend. */
export interface Summary {
  readonly element: HTMLElement;
  update(known: Known): void;
  /** The director does not answer; undefined: it does. */
  trouble(message: string | undefined): void;
}

export function createSummary(): Summary {
  const texts = {
    services: liveText(),
    reals: liveText(),
    rate: liveText(),
    open: liveText(),
    traffic: liveText(),
  };
  const spark = createSpark(140, 34);
  const services = tile('Services up', texts.services);
  const reals = tile('Real servers up', texts.reals);
  const notices = {
    trouble: notice(),
    config: notice(),
    mail: notice(),
  };
  const element = h(
    'section',
    { class: 'summary', 'aria-label': 'Overview' },
    ...Object.values(notices),
    h(
      'dl',
      { class: 'tiles' },
      services,
      reals,
      tile('New per second', texts.rate, spark.element),
      tile('Open connections', texts.open),
      tile('Traffic', texts.traffic),
    ),
  );
  return {
    element,
    update({ head, services: all, connections }) {
      const good = [...all.values()].filter(
        ({ status }) => status.state === 'up',
      ).length;
      const sum = sums(all.values());
      texts.services.set(`${good} of ${all.size}`);
      texts.reals.set(`${sum.up} of ${sum.reals}`);
      setAttribute(services, 'data-tone', good === all.size ? 'good' : 'bad');
      setAttribute(reals, 'data-tone', sum.up >= sum.reals ? 'good' : 'care');
      texts.rate.set(rate(connections.now()));
      spark.draw(connections);
      texts.open.set(count(sum.open));
      texts.traffic.set(`${bytes(sum.bytesIn + sum.bytesOut)}/s`);
      say(notices.config, 'The last reload was refused', head.configError);
      say(notices.mail, 'Alerts cannot be mailed', head.mailProblem);
    },
    trouble: (message) =>
      say(notices.trouble, 'The director does not answer', message ?? null),
  };
}

function tile(title: string, text: LiveText, ...more: readonly Child[]): HTMLElement {
  return h(
    'div',
    { class: 'tile' },
    h('dt', {}, title),
    h('dd', {}, h('span', {}, text.node), ...more),
  );
}

function notice(): HTMLElement {
  return h('p', { class: 'notice', role: 'alert', hidden: true });
}

function say(element: HTMLElement, title: string, why: string | null): void {
  setHidden(element, why === null);
  const text = why === null ? '' : `${title}: ${why}`;
  if (element.textContent !== text) element.textContent = text;
}
