import type { NoticeKind } from '../protocol.ts';
import type { Desk, Line } from './desk.ts';
import { tellFailure } from './failure-tally.ts';
import type { Ender } from './log/termination.ts';
import type { RealServer } from './real-server.ts';

/** Why a server could not be reached, and what follows from it. */
export interface DialFailure {
  /** The server's fault: counted and reported. */
  readonly blame: boolean;
  readonly reason: string;
  /** What the log gives as the reason, where no other server is left. */
  readonly ender: Ender;
  readonly notice?: NoticeKind;
}

/** Errors that are this host's own: the server is not blamed. */
const OURS: Readonly<Record<string, NoticeKind>> = {
  EADDRNOTAVAIL: 'source-ports',
  /** From an address that was chosen, as each port is one connection's there. */
  EADDRINUSE: 'source-ports',
  EMFILE: 'full',
  ENFILE: 'full',
};

export function dialFailure(error: NodeJS.ErrnoException): DialFailure {
  const notice = noticeOf(error);
  return notice
    ? { blame: false, reason: error.message, ender: 'resources', notice }
    : serverFailure(error.message);
}

/** The server is to blame. */
export function serverFailure(reason: string, ender: Ender = 'server'): DialFailure {
  return { blame: true, reason, ender };
}

/** Counts a failed dial, and tells the main thread of it, now and then.
 *  @returns whether it was told that the server failed */
export function tellDialFailure(
  { id: service, tellsFailures }: Line,
  desk: Desk,
  server: RealServer,
  { blame, reason, notice }: Omit<DialFailure, 'ender'>,
): boolean {
  const { tell, wheel } = desk;
  if (notice)
    tell({ type: 'notice', kind: notice, about: `${service} to ${server.id}` });
  if (!blame) return false;
  server.record.failed();
  // What must not be dialled has not failed at anything.
  if (tellsFailures && server.problem === undefined) tellFailure(server, desk, reason);
  if (!server.mayReport(wheel.now)) return false;
  tell({ type: 'connect-failed', service, server: server.id, reason });
  return true;
}

function noticeOf({
  code = '',
  syscall,
}: NodeJS.ErrnoException): NoticeKind | undefined {
  const isStrange = code === 'EADDRNOTAVAIL' && syscall === 'bind';
  return isStrange ? 'own-address' : OURS[code];
}

/** What is to be said of a source where another one is tried: nothing, but of one that this host has not. */
export function strangeSource(error: NodeJS.ErrnoException): DialFailure {
  const failure = dialFailure(error);
  const { notice: _, ...silent } = failure;
  return failure.notice === 'own-address' ? failure : silent;
}
