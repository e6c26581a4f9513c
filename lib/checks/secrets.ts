import type { CheckTarget } from '../model/check.ts';

/** A shorter login is no secret: two letters name nobody, and are found in many a message. */
const SHORTEST_LOGIN = 3;

/** The words of a target that no message may hold, for `hide()`; some may be empty. */
export function secretsOf({ login, passwd, secret }: CheckTarget): readonly string[] {
  return [login.length < SHORTEST_LOGIN ? '' : login, passwd, secret];
}
