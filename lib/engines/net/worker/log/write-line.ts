import type { Desk, Line } from '../desk.ts';
import { logLine } from './line.ts';
import type { Ender } from './termination.ts';
import type { Trace } from './trace.ts';

/** What a connection carried. */
interface Carried {
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const NOTHING: Carried = { bytesIn: 0, bytesOut: 0 };
/** A client that came and left is no news; a server that failed it is. */
const OF_CLIENTS: ReadonlySet<Ender | undefined> = new Set<Ender | undefined>([
  undefined,
  'client',
  'client-silent',
  'header-silent',
]);

/** Writes the line of a connection that has ended, where its service wants one. It has left its server's
 *  counts, and not yet those of the process. */
export function writeLine(
  { id, logged, switchboard }: Line,
  { admission, lines }: Desk,
  trace: Trace,
  { bytesIn, bytesOut }: Carried = NOTHING,
): void {
  const isNull = bytesIn === 0 && OF_CLIENTS.has(trace.ender);
  if (logged === 'none' || (isNull && logged === 'not-null')) return;
  const concurrency = {
    process: admission.open,
    service: switchboard.connections + 1,
    server: trace.server?.record.connections ?? 0,
  };
  lines.push(logLine(id, trace, bytesOut, concurrency));
}
