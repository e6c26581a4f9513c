import type { CheckTarget } from '../model/check.ts';
import { type UrlLogin, urlLogin, wholeUrl } from './whole-url.ts';

/** A shorter login is no secret: two letters name nobody, and are found in many a message. */
const SHORTEST_LOGIN = 3;
/** How bytes may have been read that come back in a message. */
const READINGS = ['utf8', 'latin1'] as const;

/** The words of a target that no message may hold, for `hide()`; some may be empty. */
export function secretsOf(target: CheckTarget): readonly string[] {
  const own = { user: target.login, password: target.passwd };
  const logins = [own, loginInUrl(target.request) ?? own];
  const users = logins
    .map(({ user }) => user)
    .filter((user) => user.length >= SHORTEST_LOGIN);
  const words = [...users, ...logins.map(({ password }) => password), target.secret];
  return [...new Set(words.flatMap(readings))];
}

function loginInUrl(request: string): UrlLogin | undefined {
  const url = request.includes('@') ? wholeUrl(request) : undefined;
  return url && urlLogin(url);
}

function readings(bytes: string): readonly string[] {
  const raw = Buffer.from(bytes, 'latin1');
  return READINGS.map((reading) => raw.toString(reading));
}
