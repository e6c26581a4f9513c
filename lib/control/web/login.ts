import type { WebUser } from '../../config/web.ts';
import type { Log } from '../../model/log.ts';
import { isPassword } from '../../model/password.ts';
import { same } from '../../model/same.ts';
import { createAttempts } from './attempts.ts';
import type { LoginBody } from './bodies.ts';
import { Refused } from './refused.ts';
import { createSessions, type Session, type Sessions } from './sessions.ts';

/** Where users come in. The log has the names of users only: people type passwords in their place. */
export interface Door {
  readonly sessions: Sessions;
  /** @throws Refused, in the same words whether user or password are wrong */
  login(body: LoginBody, address: string): Promise<Session>;
}

/** Each takes 32 MiB and a thread that name look-ups want too. */
const MOST_WAITING = 8;

/** @param users  as they count now */
export function createDoor(users: () => readonly WebUser[], log: Log): Door {
  const sessions = createSessions();
  const attempts = createAttempts();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  /** One at a time. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function check(user: WebUser | undefined, password: string): Promise<boolean> {
    if (waiting >= MOST_WAITING)
      throw new Refused(503, 'too many log in at the same time: try again');
    waiting++;
    try {
      return await inTurn(() => isPassword(password, user?.password));
    } finally {
      waiting--;
    }
  }

  return {
    sessions,
    async login({ user: name, password }, address) {
      const find = () => users().find((one) => one.name === name);
      const user = find();
      if (!attempts.take(address))
        throw new Refused(429, 'too many wrong passwords: try again in half a minute');
      // A reload may have come while the password was looked at.
      if (!(await check(user, password)) || !user || !same(user, find())) {
        log.warn(`Page: login of ${user ? name : 'somebody'} from ${address} refused`);
        throw new Refused(401, 'wrong user or password');
      }
      attempts.clear(address);
      log.info(`Page: ${name} logged in from ${address}`);
      return sessions.open(user);
    },
  };
}
