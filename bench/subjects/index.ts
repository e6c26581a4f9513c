import { haproxy } from './haproxy.ts';
import { l4director } from './l4director.ts';
import { nginxStream } from './nginx-stream.ts';
import { nodePeer } from './node-peer.ts';
import { pen } from './pen.ts';
import type { Kind } from './subject.ts';

/** Who stands beside the director, in the order of the report. */
const PEERS = {
  haproxy: haproxy(1),
  'nginx stream': nginxStream,
  pen,
  pipe: nodePeer('pipe'),
  'raw handles': nodePeer('raw-handles'),
} as const satisfies Record<string, Kind>;

/** Kinds by the names of the report. */
export type Kinds = Readonly<Record<string, Kind>>;

/** The director, once for each number of workers, its peers, and HAProxy with as many threads: what
 *  more of them cost on this machine in whatever program. */
export function everybody(workers: readonly number[]): Kinds {
  const threads = workers
    .filter((count) => count > 1)
    .map((count) => [`haproxy t${count}`, haproxy(count)]);
  return { ...directors(workers), ...PEERS, ...Object.fromEntries(threads) };
}

/** Those who carry UDP. */
export function everybodyOfUdp(workers: readonly number[]): Kinds {
  return { ...directors(workers), 'nginx stream': nginxStream };
}

function directors(workers: readonly number[]): Kinds {
  const kinds = workers.map((count) => [
    count === 1 ? 'l4director' : `l4director w${count}`,
    l4director({ workers: count }),
  ]);
  return Object.fromEntries(kinds);
}

/** One worker on 30 % of a core, and two on twice as much: what a second worker brings, also on
 *  a machine whose cores are shared. */
export const QUOTAS = {
  'l4director, 30 %': l4director({ workers: 1, quota: 30 }),
  'l4director w2, 60 %': l4director({ workers: 2, quota: 60 }),
} as const satisfies Kinds;

/** What a line for each connection costs. */
export const LOGS = {
  'l4director, no log': l4director({ workers: 1 }),
  'l4director, log': l4director({ workers: 1, logged: true }),
} as const satisfies Kinds;
