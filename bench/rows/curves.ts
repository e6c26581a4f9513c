import { setTimeout as wait } from 'node:timers/promises';
import { Crowd } from '../load/crowd.ts';
import { smallRequests } from '../load/wrk.ts';
import { lacks } from '../needs.ts';
import type { Layout } from '../stage.ts';
import { costOf } from './cost.ts';
import { crowded, manyReals, manyServices } from './layouts.ts';
import type { Point, Row } from './row.ts';
import { connections } from './throughput.ts';

/** Until everybody has taken in that a crowd came or went. */
const SETTLE_MS = 1000;

/** What the rows of this file have in common: the price of a connection as something grows. */
const CURVE = {
  measures: { cpu: { title: 'CPU us a connection', digits: 1 } },
  charted: 'cpu',
  against: 'haproxy',
  direct: false,
  lacks: () => lacks('wrk'),
} as const satisfies Partial<Row>;

function points(
  sizes: readonly number[],
  what: string,
  layout: (size: number) => Layout,
): readonly Point[] {
  return sizes.map((size) => ({
    label: `${size.toLocaleString('en')} ${what}${size === 1 ? '' : 's'}`,
    size,
    layout: layout(size),
  }));
}

export const servers: Row = {
  ...CURVE,
  title: 'Connections as real servers grow',
  about: 'Connections with one request each; the service has so many real servers.',
  points: (options) =>
    points([2, 2000], 'real server', (size) => manyReals(options, size)),
  measure: connections.measure,
};

export const services: Row = {
  ...CURVE,
  title: 'Connections as virtual services grow',
  about: `Connections with one request each to the last of so many virtual services. pen has one service a
process.`,
  points: (options) =>
    points([1, 1000], 'virtual service', (size) => manyServices(options, size)),
  measure: connections.measure,
};

export const open: Row = {
  ...CURVE,
  title: 'Connections as open ones grow',
  about: `Connections with one request each, while so many others have made one and idle. At most 50,000,
or what the limit of open files allows.`,
  points: (options) =>
    points([10, options.open], 'other connection', () => crowded(options)),
  measure: async (subject, { size }, { options: { seconds }, signal }) => {
    await using crowd = await Crowd.gather(subject.place, size, 0, signal);
    await wait(SETTLE_MS, undefined, { signal });
    const cost = await costOf(subject, () =>
      smallRequests(subject.place, seconds, false, signal),
    );
    crowd.check();
    return cost;
  },
};
