import { download, transfers, upload } from '../load/bulk.ts';
import { queries } from '../load/queries.ts';
import { smallRequests } from '../load/wrk.ts';
import { lacks } from '../needs.ts';
import { costOf, costs } from './cost.ts';
import { dns as layout, plain } from './layouts.ts';
import type { Row } from './row.ts';

/** What the rows of this file have in common: as much as the subject can take, and what it costs. */
const FULL = {
  points: (options) => [{ label: '', size: 1, layout: plain(options) }],
  charted: 'cpu',
  against: 'haproxy',
  direct: true,
} as const satisfies Partial<Row>;

export const requests: Row = {
  ...FULL,
  title: 'Requests on kept connections',
  about: '32 kept connections, a request of 128 bytes after another (wrk).',
  measures: costs('request', 'requests'),
  lacks: () => lacks('wrk'),
  measure: (subject, _, { options: { seconds }, signal }) =>
    costOf(subject, () => smallRequests(subject.place, seconds, true, signal)),
};

export const connections: Row = {
  ...FULL,
  title: 'Connections with one request each',
  about: '32 at a time, each with one request of 128 bytes (wrk).',
  measures: costs('connection', 'connections'),
  lacks: () => lacks('wrk'),
  measure: (subject, _, { options: { seconds }, signal }) =>
    costOf(subject, () => smallRequests(subject.place, seconds, false, signal)),
};

function bulk(title: string, one: typeof download): Row {
  return {
    ...FULL,
    title,
    about: 'Two transfers at a time.',
    measures: costs('MB', 'MB'),
    lacks: () => undefined,
    measure: (subject, _, { options: { megabytes, seconds } }) => {
      const two = [subject.place, subject.place];
      return costOf(subject, () => transfers(one, two, megabytes, seconds));
    },
  };
}

export const downloads = bulk('Download', download);
export const uploads = bulk('Upload', upload);

export const dns: Row = {
  ...FULL,
  points: (options) => [{ label: '', size: 1, layout: layout(options) }],
  against: 'nginx stream',
  title: 'DNS queries over UDP',
  about: `32 at a time from as many ports, each of 64 bytes; the real servers send them back. HAProxy and pen
carry no UDP.`,
  measures: costs('query', 'queries'),
  lacks: () => lacks('stream'),
  measure: (subject, _, { options: { seconds }, signal }) =>
    costOf(subject, () => queries(subject.place, seconds, signal)),
};
