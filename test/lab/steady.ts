import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from './traffic.ts';

/** A client that stayed, as far as it came. */
export interface Stay {
  /** The real server's name, as it said it; empty: it never spoke. */
  readonly server: string;
  /** `ok`: it was there to the end. Else errno, `closed` or `late`. */
  readonly outcome: string;
  /** When that was, on the lab's clock. */
  readonly at: number;
  /** The longest that an answer took, or had not come, in milliseconds. */
  readonly longestMs: number;
}

const EVERY_MS = 1000;
const LATE_MS = 20_000;
const LINE = 'still there?\n';

/** By place: how each of its clients leaves. */
const groups = new Map<string, Set<() => void>>();

/** So many connections to a server that answers each line with its name and the line, a line a second
 *  each, spread over the second, until {@link endStays}. */
export async function stay(
  host: string,
  port: number,
  count: number,
): Promise<readonly Stay[]> {
  const leaving = new Set<() => void>();
  groups.set(`${host}:${port}`, leaving);
  const made: Promise<Stay>[] = [];
  while (made.length < count && groups.has(`${host}:${port}`)) {
    made.push(one(host, port, leaving));
    await sleep(EVERY_MS / count);
  }
  return Promise.all(made);
}

export async function endStays(host: string, port: number): Promise<void> {
  const leaving = groups.get(`${host}:${port}`) ?? [];
  groups.delete(`${host}:${port}`);
  for (const leave of leaving) leave();
}

function one(host: string, port: number, leaving: Set<() => void>): Promise<Stay> {
  return new Promise((resolve) => {
    let server = '';
    let text = '';
    let longestMs = 0;
    /** Of the line that is not answered yet; undefined: none. */
    let asked: number | undefined;
    let next: NodeJS.Timeout | undefined;
    const socket = connect(port, host);
    const waited = () => {
      if (asked !== undefined) longestMs = Math.max(longestMs, now() - asked);
      asked = undefined;
    };
    const settle = (outcome: string) => {
      waited();
      clearTimeout(next);
      leaving.delete(leave);
      socket.destroy();
      resolve({ server, outcome, at: now(), longestMs });
    };
    const ask = () => {
      asked = now();
      socket.write(LINE);
    };
    const leave = () => settle('ok');
    leaving.add(leave);
    socket.on('connect', ask);
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
      if (!text.endsWith('\n')) return;
      server = text.split(' ', 1)[0] ?? '';
      text = '';
      waited();
      next = setTimeout(ask, EVERY_MS);
    });
    socket.setTimeout(LATE_MS, () => settle('late'));
    socket.on('error', ({ message, ...error }: NodeJS.ErrnoException) =>
      settle(error.code ?? message),
    );
    socket.on('close', () => settle('closed'));
  });
}
