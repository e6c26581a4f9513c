import type { NoticeKind } from '../protocol.ts';
import type { Desk, Line } from './desk.ts';
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
  EMFILE: 'full',
  ENFILE: 'full',
};

export function dialFailure(error: NodeJS.ErrnoException): DialFailure {
  const notice = OURS[error.code ?? ''];
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
  { id: service }: Line,
  { tell, wheel }: Desk,
  server: RealServer,
  { blame, reason, notice }: Omit<DialFailure, 'ender'>,
): boolean {
  if (notice)
    tell({ type: 'notice', kind: notice, about: `${service} to ${server.id}` });
  if (!blame) return false;
  server.record.failed();
  if (!server.mayReport(wheel.now)) return false;
  tell({ type: 'connect-failed', service, server: server.id, reason });
  return true;
}
