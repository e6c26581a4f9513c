import { h, liveText } from './dom.ts';
import { bytes, count, lasting, rate } from './format.ts';
import { createPill } from './pill.ts';
import { createSpark } from './spark.ts';
import type { KnownReal } from './state.ts';
import { agentWords, overrideText, stateOf, weightText } from './words.ts';

/** The names of the facts, and how each is told. */
const FACTS = {
  'Virtual service': ({ service }) => service,
  Weight: ({ status }) => weightText(status),
  'Changed by hand': ({ status }) =>
    status.override ? overrideText(status.override) : 'no',
  Agent: ({ status }) => agentWords(status.agent),
  Open: ({ status }) =>
    `${count(status.activeConnections)}, and ${count(status.inactiveConnections)} half-closed`,
  'New per second': ({ status, connections }) =>
    `${rate(connections.now())}; ${count(status.totalConnections)} in all, ${count(status.connectFailures)} could not be connected`,
  Traffic: ({ bytesIn, bytesOut }) =>
    `↓ ${bytes(bytesIn.now())}/s, ↑ ${bytes(bytesOut.now())}/s`,
  Since: ({ status }) => new Date(status.since).toLocaleString('en-GB'),
} as const satisfies Record<string, (real: KnownReal) => string>;

/** What is known of a real server, as it changes. */
export interface Facts {
  readonly element: HTMLElement;
  update(real: KnownReal): void;
}

export function createFacts(): Facts {
  const pill = createPill('starting');
  const since = liveText();
  const spark = createSpark(320, 56);
  const rows = Object.entries(FACTS).map(([name, tell]) => ({
    ...{ name, tell, text: liveText() },
  }));
  const element = h(
    'section',
    { 'aria-label': 'Now' },
    h('p', { class: 'now' }, pill.element, h('span', {}, since.node)),
    spark.element,
    h(
      'dl',
      { class: 'facts' },
      ...rows.map(({ name, text }) =>
        h('div', {}, h('dt', {}, name), h('dd', {}, text.node)),
      ),
    ),
  );
  return {
    element,
    update(real) {
      const { status, connections } = real;
      pill.set(stateOf(status));
      spark.draw(connections);
      since.set(`for ${lasting((Date.now() - Date.parse(status.since)) / 1000)}`);
      for (const { tell, text } of rows) text.set(tell(real));
    },
  };
}
