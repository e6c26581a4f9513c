import type { RealStatus } from '../../../model/status.ts';
import {
  type Child,
  h,
  type LiveText,
  liveText,
  setAttribute,
  setHidden,
} from './dom.ts';
import { bytes, count, lasting, rate } from './format.ts';
import { createPill } from './pill.ts';
import { createSpark } from './spark.ts';
import type { KnownReal } from './state.ts';
import { overrideText, stateOf, toneOf, weightText } from './words.ts';

/** A real server's row in the table of its service. */
export interface RealRow {
  readonly element: HTMLTableRowElement;
  /** Its state, in all rows that have changed. */
  update(real: KnownReal): void;
  /** Its numbers, in rows that are on the screen. */
  draw(real: KnownReal, now: number): void;
}

/** Titles of the columns; on a narrow page they stand in the cells. */
export const COLUMNS = [
  'State',
  'Real server',
  'Weight',
  'Open',
  'New per second',
  'Traffic',
  'Last check',
] as const;

/** @param manage  opens all that there is about it */
export function createRealRow(real: KnownReal, manage: () => void): RealRow {
  const { element, pill, spark, changed, check, texts } = build(real.status.id, manage);
  pill.set(stateOf(real.status));
  let shown: RealStatus | undefined;
  return {
    element,
    update({ status }) {
      if (status === shown) return;
      shown = status;
      const state = stateOf(status);
      pill.set(state);
      setAttribute(element, 'data-tone', toneOf(state));
      texts.method.set(methodText(status));
      texts.weight.set(weightText(status));
      texts.changed.set(status.override ? overrideText(status.override) : '');
      setHidden(changed, status.override === null);
      texts.check.set(checkText(status));
      setAttribute(check, 'data-up', status.check ? `${status.check.up}` : undefined);
    },
    draw({ status, connections, bytesIn, bytesOut }, now) {
      texts.since.set(lasting((now - Date.parse(status.since)) / 1000));
      texts.open.set(count(status.activeConnections));
      texts.rate.set(rate(connections.now()));
      texts.into.set(`↓ ${bytes(bytesIn.now())}/s`);
      texts.out.set(`↑ ${bytes(bytesOut.now())}/s`);
      spark.draw(connections);
    },
  };
}

const TEXTS = [
  ...(['since', 'method', 'weight', 'changed', 'open'] as const),
  ...(['rate', 'into', 'out', 'check'] as const),
];

/** The cells, and what in them changes. */
function build(id: string, manage: () => void) {
  const pill = createPill('starting');
  const spark = createSpark(88, 22);
  const entries = TEXTS.map((name) => [name, liveText()] as const);
  const texts = Object.fromEntries(entries) as Record<(typeof TEXTS)[number], LiveText>;
  const { since, method, weight, open, rate, into, out } = texts;
  const changed = h('small', { class: 'changed' }, texts.changed.node);
  const check = h('span', { class: 'check' }, texts.check.node);
  const cell = (at: number, kind: string, ...children: readonly Child[]) =>
    h('td', { class: kind, role: 'cell', 'data-label': COLUMNS[at] }, ...children);
  const name = h('button', { type: 'button', class: 'link', onclick: manage }, id);
  const heading = { scope: 'row', role: 'rowheader', class: 'name' };
  const element = h(
    'tr',
    { role: 'row' },
    cell(0, 'state', pill.element, h('small', {}, since.node)),
    h('th', heading, name, h('small', {}, method.node), changed),
    cell(2, 'number', weight.node),
    cell(3, 'number', open.node),
    cell(4, 'rate', spark.element, h('span', {}, rate.node)),
    cell(5, 'traffic', h('span', {}, into.node), h('span', {}, out.node)),
    cell(6, 'last', check),
  );
  return { element, pill, spark, changed, check, texts };
}

function methodText({ role, method }: KnownReal['status']): string {
  return role === 'real' ? method : `${role}, ${method}`;
}

function checkText({ check, fallback }: KnownReal['status']): string {
  if (check === null) return fallback ? 'not checked' : 'none yet';
  const { message, certificate } = check;
  return certificate?.problem
    ? `${message}; certificate ${certificate.problem}`
    : message;
}
