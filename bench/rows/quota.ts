import { lacksQuota } from '../cgroup.ts';
import { lacks } from '../needs.ts';
import { quotas } from './layouts.ts';
import type { Row } from './row.ts';
import { connections } from './throughput.ts';

/** What a second worker brings. */
export const quota: Row = {
  ...connections,
  title: 'Workers under quotas',
  about: `Connections with one request each; one worker that may use 30 % of a core (a control group), and
two that may use 60 % together.`,
  points: (options) => [{ label: '', size: 1, layout: quotas(options) }],
  charted: 'rate',
  against: 'l4director, 30 %',
  direct: false,
  lacks: () => lacks('wrk') ?? lacksQuota(),
};
