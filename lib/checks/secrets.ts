import type { CheckTarget } from '../model/check.ts';
import { urlLogin, wholeUrl } from './whole-url.ts';

/** A shorter login is no secret: two letters name nobody, and are found in many a message. */
const SHORTEST_LOGIN = 3;
/** How a server may read the bytes in a URL. */
const READINGS = ['utf8', 'latin1'] as const;

/** The words of a target that no message may hold, for `hide()`; some may be empty. */
export function secretsOf(target: CheckTarget): readonly string[] {
  const { login, passwd, secret, request } = target;
  return [...loginWord(login), passwd, secret, ...secretsInUrl(request)];
}

function secretsInUrl(request: string): readonly string[] {
  const url = request.includes('@') ? wholeUrl(request) : undefined;
  const login = url && urlLogin(url);
  if (login === undefined) return [];
  return READINGS.flatMap((reading) => [
    ...loginWord(login.user.toString(reading)),
    login.password.toString(reading),
  ]);
}

function loginWord(login: string): readonly string[] {
  return login.length < SHORTEST_LOGIN ? [] : [login];
}
