import type { NoticeKind } from '../protocol.ts';

/** Why a server could not be reached, and what follows from it. */
export interface DialFailure {
  /** The server's fault: counted and reported. */
  readonly blame: boolean;
  readonly reason: string;
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
    ? { blame: false, reason: error.message, notice }
    : { blame: true, reason: error.message };
}
