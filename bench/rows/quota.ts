import { lacksQuota } from '../cgroup.ts';
import { smallRequests } from '../load/wrk.ts';
import { lacks } from '../needs.ts';
import { costOf } from './cost.ts';
import { quotas } from './layouts.ts';
import type { Row } from './row.ts';
import { connections } from './throughput.ts';

/** So many that each of two workers finds as much to gather in a turn as one finds. */
const LOAD = { connections: 128, prefix: [] } as const;

/** What a second worker brings. */
export const quota: Row = {
  ...connections,
  title: 'Workers under quotas',
  about: `Connections with one request each, ${LOAD.connections} at a time; one worker that may use 30 % of a core
(a control group), and two that may use 60 % together.`,
  points: (options) => [{ label: '', size: 1, layout: quotas(options) }],
  charted: 'rate',
  against: 'l4director, 30 %',
  direct: false,
  lacks: () => lacks('wrk') ?? lacksQuota(),
  measure: (subject, _, { options: { seconds }, signal }) =>
    costOf(subject, () => smallRequests(subject.place, seconds, false, signal, LOAD)),
};
