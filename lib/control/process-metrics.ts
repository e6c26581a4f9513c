import { readdir, readFile, stat } from 'node:fs/promises';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { type Family, formatLabels } from './prometheus.ts';

/** Each look wakes a processor, also in a director that has nothing else to do. */
const RESOLUTION_MS = 100;
const DESCRIPTORS = '/proc/self/fd';
const LAG_QUANTILES = { '0.5': 50, '0.9': 90, '0.99': 99, '1': 100 } as const;
const LIMITS = '/proc/self/limits';

type LoopDelay = ReturnType<typeof monitorEventLoopDelay>;

/** Measures the process itself for `/metrics`, the event loop of the main thread included. */
export interface ProcessWatch {
  /** Event-loop lag is that since the last call. */
  families(): Promise<readonly Family[]>;
  stop(): void;
}

export function watchProcess(): ProcessWatch {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return {
    async families() {
      const [openFds, maxFds] = await Promise.all([
        countDescriptors(),
        mostDescriptors(),
      ]);
      const lag = lagFamily(delay);
      delay.reset();
      return [...gauges(openFds, maxFds), cpuFamily(), lag];
    },
    stop: () => delay.disable(),
  };
}

function gauges(openFds: number, maxFds: number): readonly Family[] {
  const { rss, heapUsed, external } = process.memoryUsage();
  const rows = [
    [
      'process_start_time_seconds',
      'When the process began, since 1970.',
      performance.timeOrigin / 1000,
    ],
    ['process_open_fds', 'Open file descriptors.', openFds],
    ['process_max_fds', 'The limit of open file descriptors.', maxFds],
    ['process_resident_memory_bytes', 'Resident memory, workers included.', rss],
    ['process_heap_bytes', 'JavaScript heap in use, main thread.', heapUsed],
    ['process_external_memory_bytes', 'Memory outside the JavaScript heap.', external],
  ] as const;
  return rows.map(([name, help, value]) => ({
    name,
    type: 'gauge',
    help,
    samples: [{ labels: '', value }],
  }));
}

function cpuFamily(): Family {
  const { user, system } = process.cpuUsage();
  return {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    help: 'CPU time of all threads.',
    samples: [
      { labels: formatLabels({ mode: 'user' }), value: user / 1e6 },
      { labels: formatLabels({ mode: 'system' }), value: system / 1e6 },
    ],
  };
}

/** The histogram holds the time between two ticks of a timer: what exceeds its period is lag. */
function lagFamily(delay: LoopDelay): Family {
  const samples = Object.entries(LAG_QUANTILES).map(([quantile, percentile]) => {
    const betweenMs = delay.count > 0 ? delay.percentile(percentile) / 1e6 : 0;
    return {
      labels: formatLabels({ quantile }),
      value: Math.max(0, betweenMs - RESOLUTION_MS) / 1000,
    };
  });
  return {
    name: 'process_event_loop_lag_seconds',
    type: 'summary',
    help: 'How late timers of the main thread were since the last scrape.',
    samples,
  };
}

/** Linux 6.2 and later give the count as the directory's size, which spares reading ten
 *  thousand names. Source: proc_pid_fd(5). */
async function countDescriptors(): Promise<number> {
  const { size } = await stat(DESCRIPTORS);
  return size || (await readdir(DESCRIPTORS)).length;
}

/** The soft limit: it may be raised while the process runs. Source: proc_pid_limits(5). */
async function mostDescriptors(): Promise<number> {
  const [, soft = ''] =
    /^Max open files\s+(\S+)/m.exec(await readFile(LIMITS, 'latin1')) ?? [];
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}
