import { randomBytes } from 'node:crypto';
import type { WebUser } from '../../config/web.ts';

/** One who has logged in, or, where there are no users, one who has come. */
export interface Session {
  /** In the cookie; whoever has it is the user. */
  readonly token: string;
  /** Goes along with changes: another site's page may send the cookie, but cannot read this. */
  readonly csrf: string;
  /** Undefined: there are no users. */
  readonly user: WebUser | undefined;
}

export interface Sessions {
  open(user: WebUser | undefined): Session;
  /** Counts as use of it. */
  find(token: string | undefined): Session | undefined;
  end(session: Session): void;
  /** Ends those of whom another role or password counts from now on, or who are gone. */
  keep(users: readonly WebUser[]): void;
}

const IDLE_MS = 30 * 60_000;
const LONGEST_MS = 12 * 3_600_000;
const MOST = 200;

/** Sessions end half an hour after their last use, and 12 hours after their beginning; of too many,
 *  the one that was used the longest ago goes.
 *  @param now  monotonic, in milliseconds */
export function createSessions(now: () => number = () => performance.now()): Sessions {
  /** The longest unused first. */
  const sessions = new Map<string, { session: Session; began: number; used: number }>();

  const forget = (isOver: (one: { began: number; used: number }) => boolean) => {
    for (const [token, one] of sessions) if (isOver(one)) sessions.delete(token);
  };
  const tidy = () =>
    forget(({ began, used }) => now() - used > IDLE_MS || now() - began > LONGEST_MS);
  return {
    open(user) {
      tidy();
      const oldest = sessions.size >= MOST ? sessions.keys().next().value : undefined;
      if (oldest !== undefined) sessions.delete(oldest);
      const session = { token: secret(), csrf: secret(), user };
      sessions.set(session.token, { session, began: now(), used: now() });
      return session;
    },
    find(token = '') {
      tidy();
      const found = sessions.get(token);
      if (!found) return undefined;
      sessions.delete(token);
      sessions.set(token, { ...found, used: now() });
      return found.session;
    },
    end: ({ token }) => void sessions.delete(token),
    keep(users) {
      for (const [token, { session }] of sessions)
        if (!isStill(session.user, users)) sessions.delete(token);
    },
  };
}

function isStill(user: WebUser | undefined, users: readonly WebUser[]): boolean {
  if (user === undefined) return users.length === 0;
  return users.some(
    ({ name, password, role }) =>
      name === user.name && password === user.password && role === user.role,
  );
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}
