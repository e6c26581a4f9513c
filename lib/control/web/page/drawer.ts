import type { SessionInfo } from '../wire.ts';
import { give, type Order, questionOf } from './actions.ts';
import { reasonOf } from './api.ts';
import { createChecks } from './checks.ts';
import { h, liveText, setHidden } from './dom.ts';
import { bytes, count, lasting, rate } from './format.ts';
import { createOrders } from './orders.ts';
import { createPill } from './pill.ts';
import { createSpark } from './spark.ts';
import type { KnownReal } from './state.ts';
import { overrideText, stateOf, weightText } from './words.ts';

/** All about one real server, over the page: numbers, last checks, what may be done with it. */
export interface Drawer {
  readonly element: HTMLDialogElement;
  open(real: KnownReal): void;
  /** The real server that it shows, if any. */
  readonly shown: KnownReal | undefined;
  update(real: KnownReal): void;
}

export function createDrawer(session: SessionInfo): Drawer {
  let real: KnownReal | undefined;
  const title = h('h2', { id: 'drawer-title' });
  const facts = createFacts();
  const checks = createChecks();
  const confirm = h('section', {
    class: 'confirm',
    'aria-labelledby': 'confirm-title',
  });
  const orders = createOrders(ask);
  const close = h(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      'aria-label': 'Close',
      onclick: () => element.close(),
    },
    '×',
  );
  const element = h(
    'dialog',
    {
      class: 'drawer',
      'aria-labelledby': 'drawer-title',
      onclose: () => (real = undefined),
    },
    h('header', {}, title, close),
    facts.element,
    session.mayChange
      ? orders.element
      : h(
          'p',
          { class: 'notice calm' },
          'You may look only: somebody with the role admin can change this.',
        ),
    confirm,
    checks.element,
  );

  function ask(order: Order): void {
    const shown = real;
    if (!shown) return;
    const ref = { service: shown.service, real: shown.status.id };
    const { title, text, verb } = questionOf(order, ref);
    const problem = h('p', { class: 'refusal', role: 'alert' });
    const back = () => {
      confirming(false);
      orders.focus(order.type);
    };
    const yes = h(
      'button',
      { type: 'button', class: 'button primary', onclick: () => void go() },
      verb,
    );
    const no = h(
      'button',
      { type: 'button', class: 'button', onclick: back },
      'Cancel',
    );
    async function go(): Promise<void> {
      yes.disabled = true;
      try {
        await give(order, ref, session);
        element.close();
      } catch (error) {
        problem.textContent = reasonOf(error);
        yes.disabled = false;
      }
    }
    confirm.replaceChildren(
      h('h3', { id: 'confirm-title' }, title),
      h('p', { id: 'confirm-text' }, text),
      problem,
      h('div', { class: 'buttons' }, yes, no),
    );
    yes.setAttribute('aria-describedby', 'confirm-title confirm-text');
    confirming(true);
    yes.focus();
  }

  function confirming(is: boolean): void {
    setHidden(confirm, !is);
    setHidden(orders.element, is);
  }

  return {
    element,
    get shown() {
      return real;
    },
    open(next) {
      real = next;
      title.textContent = next.status.id;
      confirming(false);
      facts.update(next);
      orders.fill(next.status);
      element.showModal();
      void checks.load({ service: next.service, real: next.status.id });
    },
    update(next) {
      real = next;
      facts.update(next);
    },
  };
}

/** What is known of it, as it changes. */
function createFacts() {
  const pill = createPill('starting');
  const spark = createSpark(320, 56);
  const rows = {
    'Virtual service': liveText(),
    State: liveText(),
    Weight: liveText(),
    'Changed by hand': liveText(),
    Open: liveText(),
    'New per second': liveText(),
    Traffic: liveText(),
    Since: liveText(),
  };
  const { State: since, ...others } = rows;
  const entries = Object.entries(others).map(([name, text]) =>
    h('div', {}, h('dt', {}, name), h('dd', {}, text.node)),
  );
  const element = h(
    'section',
    { 'aria-label': 'Now' },
    h('p', { class: 'now' }, pill.element, h('span', {}, since.node)),
    spark.element,
    h('dl', { class: 'facts' }, ...entries),
  );
  return {
    element,
    update({ service, status, connections, bytesIn, bytesOut }: KnownReal) {
      pill.set(stateOf(status));
      spark.draw(connections);
      since.set(`for ${lasting((Date.now() - Date.parse(status.since)) / 1000)}`);
      rows['Virtual service'].set(service);
      rows.Weight.set(weightText(status));
      rows['Changed by hand'].set(
        status.override ? overrideText(status.override) : 'no',
      );
      rows.Open.set(
        `${count(status.activeConnections)}, and ${count(status.inactiveConnections)} half-closed`,
      );
      rows['New per second'].set(
        `${rate(connections.now())}; ${count(status.totalConnections)} in all, ${count(status.connectFailures)} could not be connected`,
      );
      rows.Traffic.set(`↓ ${bytes(bytesIn.now())}/s, ↑ ${bytes(bytesOut.now())}/s`);
      rows.Since.set(new Date(status.since).toLocaleString('en-GB'));
    },
  };
}
