import { download, upload } from './bulk.ts';
import { has } from './needs.ts';
import type { Options } from './options.ts';
import type { Place } from './real-servers.ts';
import { smallRequests } from './wrk.ts';

/** One thing that is measured. */
export interface Row {
  readonly title: string;
  /** What an operation is, one and many. */
  readonly unit: string;
  readonly units: string;
  readonly possible: () => boolean;
  /** @returns operations done */
  readonly load: (place: Place, options: Options) => Promise<number>;
}

/** Two transfers at once, a second one as soon as the first is done, for the set time. */
async function bulk(
  one: (place: Place, megabytes: number) => Promise<number>,
  place: Place,
  { seconds, megabytes }: Options,
): Promise<number> {
  const until = performance.now() + seconds * 1000;
  const lane = async () => {
    let bytes = 0;
    do bytes += await one(place, megabytes);
    while (performance.now() < until);
    return bytes;
  };
  const lanes = await Promise.all([lane(), lane()]);
  return lanes.reduce((sum, bytes) => sum + bytes, 0) / 1e6;
}

const always = () => true;

/** By the names that `--only` takes. */
export const ROWS = {
  requests: {
    title: 'Requests on kept connections',
    unit: 'request',
    units: 'requests',
    possible: () => has('wrk'),
    load: (place, { seconds }) => smallRequests(place, seconds, true),
  },
  connections: {
    title: 'Connections with one request each',
    unit: 'connection',
    units: 'connections',
    possible: () => has('wrk'),
    load: (place, { seconds }) => smallRequests(place, seconds, false),
  },
  download: {
    title: 'Download',
    unit: 'MB',
    units: 'MB',
    possible: always,
    load: (place, options) => bulk(download, place, options),
  },
  upload: {
    title: 'Upload',
    unit: 'MB',
    units: 'MB',
    possible: always,
    load: (place, options) => bulk(upload, place, options),
  },
} as const satisfies Record<string, Row>;
