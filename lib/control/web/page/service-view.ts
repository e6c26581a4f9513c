import { h, liveText, setAttribute, setHidden } from './dom.ts';
import { COLUMNS, createRealRow, type RealRow } from './real-row.ts';
import { createServiceLine } from './service-line.ts';
import type { KnownReal, KnownService } from './state.ts';
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
  update(service: KnownService): void;
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
  const { id } = first.status;
  const line = createServiceLine(id, `reals-${id}`, toggle);
  const problem = liveText();
  const notice = h('p', { class: 'problem' }, problem.node);
  const body = h('div', { class: 'reals', id: `reals-${id}` });
  const parts = [line.element, notice, body];
  const element = h('section', { class: 'service', 'aria-label': id }, ...parts);
  const table = createTable(first, manage);
  new IntersectionObserver(([entry]) => {
    table.see(entry?.isIntersecting ?? false);
  }).observe(element);
  return {
    element,
    update(service) {
      const { state, problem: words } = service.status;
      setAttribute(element, 'data-tone', toneOf(state));
      line.update(service);
      problem.set(words ?? '');
      setHidden(notice, words === null);
      table.update(service);
    },
    show(showing) {
      const open = showing?.open ?? false;
      setHidden(element, showing === undefined);
      line.setOpen(open);
      setHidden(body, !open);
      table.show(showing);
      if (open && !body.firstChild) body.append(table.element());
    },
  };
}

/** The real servers of a service. Its rows are there once they have been shown, and only those that are on
 *  the screen are drawn. */
function createTable(first: KnownService, manage: (real: KnownReal) => void) {
  let service = first;
  let open = false;
  let seen = false;
  const rows = new Map<string, RealRow>();

  function refresh(): void {
    if (!open) return;
    const now = Date.now();
    for (const [id, real] of service.reals) {
      rows.get(id)?.update(real);
      if (seen) rows.get(id)?.draw(real, now);
    }
  }
  return {
    see(is: boolean): void {
      seen = is;
      refresh();
    },
    update(next: KnownService): void {
      service = next;
      refresh();
    },
    show(showing: Showing | undefined): void {
      open = showing?.open ?? false;
      if (open && rows.size === 0)
        for (const [id, real] of service.reals)
          rows.set(
            id,
            createRealRow(real, () => manage(service.reals.get(id) ?? real)),
          );
      refresh();
      for (const [id, row] of rows)
        setHidden(row.element, showing?.reals !== undefined && !showing.reals.has(id));
    },
    element: () => tableOf(service.status.id, [...rows.values()]),
  };
}

/** The roles stand there since a narrow page lays it out as no table. */
function tableOf(id: string, rows: readonly RealRow[]): HTMLElement {
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
