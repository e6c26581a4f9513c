import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';

/** As much of the time is not looked at: V8 takes half an hour until its heap is as large as it gets. */
const WARM_UP = 0.5;
/** What memory may seem to grow: V8 collects its garbage once in some twenty minutes, and what it gives back
 *  then is 5 MiB. A leak of 24 bytes a connection is over it. */
const MOST_KIB = 16_384;
const HOUR_S = 3600;
/** Of the samples in so many seconds the lowest counts: what comes back was no leak. */
const WINDOW_S = 60;

type Sample = readonly [seconds: number, value: number];

function lowest(samples: readonly Sample[]): readonly Sample[] {
  const windows = new Map<number, Sample>();
  for (const sample of samples) {
    const window = Math.floor(sample[0] / WINDOW_S);
    const least = windows.get(window);
    if (!least || sample[1] < least[1]) windows.set(window, sample);
  }
  return [...windows.values()];
}

/** Kilobytes, or whatever the samples are in, an hour: the slope of the line that fits them best. */
function slope(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(samples.map(([seconds]) => seconds));
  const y = mean(samples.map(([, value]) => value));
  const over = mean(samples.map(([seconds, value]) => (seconds - x) * (value - y)));
  const under = mean(samples.map(([seconds]) => (seconds - x) ** 2));
  return (over / under) * HOUR_S;
}

/** Nothing happens, for long. */
export const soak: readonly Scenario[] = [
  {
    name: 'nothing happens',
    peer: true,
    soaks: true,
    further: { 'KiB more an hour': MOST_KIB, 'descriptors more an hour': 1 },
    async play({ subject, form }) {
      const seconds = form.soakSeconds;
      const memory: [number, number][] = [];
      const descriptors: [number, number][] = [];
      const began = performance.now();
      for (let passed = 0; passed < seconds; ) {
        await sleep(seconds > 60 ? 5000 : 250);
        passed = (performance.now() - began) / 1000;
        if (passed < seconds * WARM_UP) continue;
        const pid = await subject.pid();
        const status = await readFile(`/proc/${pid}/status`, 'latin1');
        memory.push([passed, Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])]);
        descriptors.push([passed, (await readdir(`/proc/${pid}/fd`)).length]);
      }
      // A slope of seconds says nothing of an hour.
      if (seconds < 600) return {};
      return {
        further: {
          'KiB more an hour': Math.round(slope(lowest(memory))),
          'descriptors more an hour': Math.round(slope(lowest(descriptors))),
        },
      };
    },
  },
];
