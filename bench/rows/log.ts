import { logs } from './layouts.ts';
import type { Row } from './row.ts';
import { connections } from './throughput.ts';

/** What the connection log costs. */
export const log: Row = {
  ...connections,
  title: 'Connections with a line each',
  about:
    'Connections with one request each, 32 at a time; without and with a connection log.',
  points: (options) => [{ label: '', size: 1, layout: logs(options) }],
  charted: 'rate',
  against: 'l4director, no log',
  direct: false,
};
