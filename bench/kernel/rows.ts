import { smallRequests } from '../load/wrk.ts';
import { costs } from '../rows/cost.ts';
import type { Measure } from '../rows/row.ts';
import { RATIOS } from './compared.ts';
import type { KernelOptions } from './options.ts';
import type { KernelStage, KernelSubject } from './stage.ts';

/** One thing that is measured. */
export interface KernelRow {
  readonly title: string;
  /** What the load is, in a sentence of Markdown. */
  readonly about: string;
  readonly measures: Readonly<Record<string, Measure>>;
  /** Loads all places of the subject at once, alike. @returns operations done */
  readonly load: (
    stage: KernelStage,
    subject: KernelSubject,
    options: KernelOptions,
    signal: AbortSignal,
  ) => Promise<number>;
}

/** For each place of a subject. */
const CONNECTIONS = 16;

export const KERNEL_ROWS = {
  requests: {
    title: 'Requests on kept connections',
    about: `Two times ${CONNECTIONS} kept connections, a request of 128 bytes after another (wrk).`,
    measures: measures('request', 'requests'),
    load: requests(true),
  },
  connections: {
    title: 'Connections with one request each',
    about: `Two times ${CONNECTIONS} at a time, each with one request of 128 bytes (wrk).`,
    measures: measures('connection', 'connections'),
    load: requests(false),
  },
  download: {
    title: 'Download',
    about: 'Two transfers at a time.',
    measures: measures('MB', 'MB'),
    load: ({ client }, { places }, { megabytes, seconds }, signal) =>
      client.ask({ kind: 'download', places, megabytes, seconds }, signal),
  },
} as const satisfies Record<string, KernelRow>;

export type KernelRowName = keyof typeof KERNEL_ROWS;

export const ROW_NAMES = Object.keys(KERNEL_ROWS).filter(isRow);

export function isRow(name: string): name is KernelRowName {
  return Object.hasOwn(KERNEL_ROWS, name);
}

function requests(kept: boolean): KernelRow['load'] {
  return async ({ client }, { places }, { seconds }, signal) => {
    const how = { connections: CONNECTIONS, prefix: client.prefix };
    const done = places.map((place) =>
      smallRequests(place, seconds, kept, signal, how),
    );
    return (await Promise.all(done)).reduce((sum, one) => sum + one, 0);
  };
}

/** Each figure with its ratios behind it. */
function measures(unit: string, units: string): KernelRow['measures'] {
  const { rate, cpu } = costs(unit, units);
  const work = { ...cpu, title: `CPU us a ${unit}, with load and servers` };
  const own = { ...cpu, title: 'of the subject itself' };
  const busy = { ...cpu, title: 'of the whole machine' };
  const columns = Object.entries({ rate, work, cpu: own, busy }).flatMap(
    ([key, measure]) => [
      [key, { ...measure, given: true }] as const,
      ...RATIOS.filter(({ of }) => of === key).map(
        ({ name, to }) =>
          [name, { title: `of ${to}'s`, digits: 2, given: true }] as const,
      ),
    ],
  );
  return Object.fromEntries(columns);
}
