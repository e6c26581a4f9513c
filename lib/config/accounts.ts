import { readFileSync } from 'node:fs';
import type { Account } from './config.ts';
import { expected } from './values.ts';

/** A user of this host, other than root. Source: passwd(5). */
export function accountNamed(text: string): Account | undefined {
  const example = 'l4director';
  if (!/^[\w.-]{1,64}$/.test(text)) return expected('the name of a user', example);
  const [name, , uid, gid, , home = '/'] =
    accounts().find(([name]) => name === text) ?? [];
  if (name === undefined)
    return expected(
      'a user that /etc/passwd has',
      example,
      `; "adduser --system --group --no-create-home ${text}" makes it`,
    );
  if (Number(uid) === 0) return expected('a user that is not root', example);
  return { name, uid: Number(uid), gid: Number(gid), home };
}

function accounts(): readonly (readonly string[])[] {
  try {
    return readFileSync('/etc/passwd', 'latin1')
      .split('\n')
      .map((line) => line.split(':'));
  } catch {
    return [];
  }
}
