import type { SessionInfo } from '../wire.ts';
import { give, type Order, questionOf } from './actions.ts';
import { createChecks } from './checks.ts';
import { createConfirm } from './confirm.ts';
import { h, setHidden } from './dom.ts';
import { createFacts } from './facts.ts';
import { createOrders } from './orders.ts';
import type { KnownReal } from './state.ts';

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
  const confirm = createConfirm();
  const orders = createOrders(ask);
  const allowed = session.mayChange ? orders.element : lookOnly();
  const parts = [facts.element, allowed, confirm.element, checks.element];
  const element = frame(title, parts, () => {
    real = undefined;
  });

  function confirming(is: boolean): void {
    setHidden(confirm.element, !is);
    setHidden(allowed, is);
  }

  function ask(order: Order): void {
    if (!real) return;
    const ref = { service: real.service, real: real.status.id };
    confirm.ask(questionOf(order, ref), {
      async yes() {
        await give(order, ref, session);
        element.close();
      },
      no() {
        confirming(false);
        orders.focus(order.type);
      },
    });
    confirming(true);
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

function lookOnly(): HTMLElement {
  const text = 'You may look only: somebody with the role admin can change this.';
  return h('p', { class: 'notice calm' }, text);
}

function frame(
  title: HTMLElement,
  parts: readonly HTMLElement[],
  onclose: () => void,
): HTMLDialogElement {
  const close = h(
    'button',
    {
      ...{ type: 'button', class: 'icon-button', 'aria-label': 'Close' },
      onclick: () => element.close(),
    },
    '×',
  );
  const element = h(
    'dialog',
    { class: 'drawer', 'aria-labelledby': 'drawer-title', onclose },
    h('header', {}, title, close),
    ...parts,
  );
  return element;
}
