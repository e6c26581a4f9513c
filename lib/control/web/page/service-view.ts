import { h, liveText, setAttribute, setHidden } from './dom.ts';
import { bytes, count, plural, rate } from './format.ts';
import { createPill } from './pill.ts';
import { COLUMNS, createRealRow, type RealRow } from './real-row.ts';
import { type KnownReal, type KnownService, sums } from './state.ts';
import { toneOf } from './words.ts';

/** Which of a service is to be seen. */
export interface Showing {
  /** Undefined: the service itself fits. */
  readonly reals: ReadonlySet<string> | undefined;
  readonly open: boolean;
}

/** A virtual service: a line that tells how it is, and below it the table of its real servers, which is
 *  made when it is first opened. */
export interface ServiceView {
  readonly element: HTMLElement;
  update(service: KnownService, now: number): void;
  /** @param showing  undefined: nothing of it */
  show(showing: Showing | undefined): void;
}

/** @param manage  opens all that there is about a real server
 *  @param toggle  somebody opens or closes it */
export function createServiceView(
  first: KnownService,
  manage: (real: KnownReal) => void,
  toggle: () => void,
): ServiceView {
  let service = first;
  let rows: Map<string, RealRow> | undefined;
  let showing: Showing | undefined;
  let seen = false;
  const { id } = service.status;
  const heading = createHeading(id, toggle);
  const problem = h('p', { class: 'problem' });
  const body = h('div', { class: 'reals', id: `reals-${id}` });
  const element = h(
    'section',
    { class: 'service', 'aria-label': id },
    heading.element,
    problem,
    body,
  );
  new IntersectionObserver(([entry]) => {
    seen = entry?.isIntersecting ?? false;
    if (seen) draw();
  }).observe(element);

  function draw(now = Date.now()): void {
    for (const [id, row] of rows ?? []) {
      const real = service.reals.get(id);
      if (real) row.draw(real, now);
    }
  }

  function fill(): void {
    rows = new Map();
    for (const [id, real] of service.reals) {
      const row = createRealRow(real, () => manage(service.reals.get(id) ?? real));
      row.update(real);
      rows.set(id, row);
    }
    body.replaceChildren(table(id, [...rows.values()]));
    draw();
  }

  return {
    element,
    update(next, now) {
      service = next;
      const { state, problem: words } = service.status;
      setAttribute(element, 'data-tone', toneOf(state));
      heading.update(service);
      if (problem.textContent !== (words ?? '')) problem.textContent = words;
      setHidden(problem, words === null);
      if (!rows || !showing?.open) return;
      for (const [id, real] of service.reals) rows.get(id)?.update(real);
      if (seen) draw(now);
    },
    show(next) {
      showing = next;
      setHidden(element, next === undefined);
      const open = next?.open ?? false;
      heading.setOpen(open);
      setHidden(body, !open);
      if (!open) return;
      if (!rows) fill();
      for (const [id, real] of service.reals) rows?.get(id)?.update(real);
      for (const [id, row] of rows ?? [])
        setHidden(row.element, next?.reals !== undefined && !next.reals.has(id));
    },
  };
}

/** The line of a service. */
function createHeading(id: string, toggle: () => void) {
  const pill = createPill('starting');
  const texts = {
    reals: liveText(),
    open: liveText(),
    rate: liveText(),
    traffic: liveText(),
  };
  const kind = h('p', { class: 'kind' });
  const button = h(
    'button',
    {
      type: 'button',
      class: 'service-name',
      'aria-controls': `reals-${id}`,
      onclick: toggle,
    },
    h('span', { class: 'chevron', 'aria-hidden': 'true' }),
    h('span', { class: 'id' }, id),
  );
  const figures = h(
    'ul',
    { class: 'figures' },
    h('li', {}, texts.reals.node),
    h('li', {}, texts.open.node),
    h('li', {}, texts.rate.node),
    h('li', {}, texts.traffic.node),
  );
  const element = h(
    'div',
    { class: 'service-line' },
    h('h3', {}, button),
    pill.element,
    kind,
    figures,
  );
  return {
    element,
    setOpen: (open: boolean) => setAttribute(button, 'aria-expanded', `${open}`),
    update(service: KnownService) {
      const { state } = service.status;
      const { up, reals, open, connections, bytesIn, bytesOut } = sums([service]);
      pill.set(state);
      const words = kindOf(service);
      if (kind.textContent !== words) kind.textContent = words;
      texts.reals.set(`${up} of ${reals} up`);
      texts.open.set(`${count(open)} open`);
      texts.rate.set(`${rate(connections)} new/s`);
      texts.traffic.set(`${bytes(bytesIn + bytesOut)}/s`);
    },
  };
}

function kindOf({ status }: KnownService): string {
  const { scheduler, engine, persistent, persistenceEntries } = status;
  const persists =
    persistent === null
      ? []
      : [`persistent ${persistent} s (${plural(persistenceEntries, 'client')})`];
  return [scheduler, engine, ...persists].join(' · ');
}

/** The roles stand there since a narrow page lays it out as no table. */
function table(id: string, rows: readonly RealRow[]): HTMLElement {
  const titles = COLUMNS.map((title) =>
    h('th', { scope: 'col', role: 'columnheader' }, title),
  );
  return h(
    'table',
    { role: 'table', 'aria-label': `Real servers of ${id}` },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...titles)),
    h('tbody', { role: 'rowgroup' }, ...rows.map(({ element }) => element)),
  );
}
