import { setTimeout as wait } from 'node:timers/promises';
import { Crowd } from '../load/crowd.ts';
import { memoryOf } from '../proc.ts';
import { EARLIER, plain } from './layouts.ts';
import type { Row } from './row.ts';

/** Until a program has put away what it needed to open them. */
const SETTLE_MS = 2000;

/** What a connection weighs over which nothing goes. */
export const idle: Row = {
  title: 'Memory of idle connections',
  about: `A fresh process gets ${EARLIER} connections and then as many as the figure is for; each makes one request
and stays open. The growth of its resident memory by the latter, ${SETTLE_MS / 1000} s after each; what a program sets aside when it
starts is not in it, and pen does so for all.`,
  points: (options) => [
    {
      label: `${options.idle.toLocaleString('en')} connections`,
      size: options.idle,
      layout: plain(options),
    },
  ],
  measures: { kilobytes: { title: 'resident KB a connection', digits: 1 } },
  charted: 'kilobytes',
  against: 'haproxy',
  direct: false,
  lacks: () => undefined,
  measure: async (subject, { size }, { signal }) => {
    const { child, place } = await subject.again();
    await using _process = child;
    await using earlier = await Crowd.gather(place, EARLIER, 0, signal);
    await wait(SETTLE_MS, undefined, { signal });
    const before = memoryOf(child.pid);
    await using crowd = await Crowd.gather(place, size, 1, signal);
    await wait(SETTLE_MS, undefined, { signal });
    earlier.check();
    crowd.check();
    return { kilobytes: (memoryOf(child.pid) - before) / 1024 / size };
  },
};
