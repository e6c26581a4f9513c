import type { Pace, Paced } from '../load/protocol.ts';
import { lacks } from '../needs.ts';
import { pinnedTo, twoProcessors } from '../pin.ts';
import { Program } from '../program.ts';
import { apart } from './layouts.ts';
import type { Row } from './row.ts';

/** Kept connections: so many requests may be under way at once. */
const CONNECTIONS = 64;
const LONGEST_MS = 30_000;

/** How long a request takes when there is room. */
export const latency: Row = {
  title: 'Latency of small requests at half load',
  about: `Requests of 128 bytes over ${CONNECTIONS} kept connections, at an even pace that is the same for all:
half of the requests that the director can do, as a first measurement found. Each counts from
the time at which it was due, also when it had to wait for a connection. The load has a processor
to itself, where there are two; the subject and the servers share another. The last column says by
how much the load itself was late: times near it are the machine's, and no subject's.`,
  points: (options) => [{ label: '', size: 1, layout: apart(options) }],
  measures: {
    rate: { title: 'requests/s', digits: 0, given: true },
    p50: { title: 'p50 us', digits: 0 },
    p99: { title: 'p99 us', digits: 0 },
    p999: { title: 'p99.9 us', digits: 0 },
    late: { title: 'load late by, p99 us', digits: 0, given: true },
  },
  charted: 'p99',
  against: 'haproxy',
  direct: true,
  lacks: () => lacks('wrk'),
  measure: async ({ place }, _, { options: { seconds }, signal, halfLoad }) => {
    const rate = await halfLoad();
    const pace: Pace = { place, rate, seconds, connections: CONNECTIONS };
    const ended = AbortSignal.timeout(seconds * 1000 + LONGEST_MS);
    const two = twoProcessors();
    const alone = two ? pinnedTo(two[0]) : [];
    await using program = new Program<Paced>(
      'load/even-pace',
      [JSON.stringify(pace)],
      alone,
    );
    const { requests, ...times } = await program.next(AbortSignal.any([signal, ended]));
    return { rate: requests / seconds, ...times };
  },
};
