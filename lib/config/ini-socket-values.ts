import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { expected } from './values.ts';

/** `0660`, `666`: who may connect is who may write. @returns 0 to 0o777 */
export function fileMode(text: string): number {
  const mode = /^0?[0-7]{3}$/.test(text) ? Number.parseInt(text, 8) : undefined;
  return mode ?? expected('permissions in octal', '0660');
}

/** A group of this host by its name, or any by its number. @returns its number */
export function groupId(text: string): number | undefined {
  const example = 'haclient';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (!/^[\w.-]{1,64}$/.test(text)) return expected('the name of a group', example);
  const gid = groups()
    .map((line) => line.split(':'))
    .find(([name]) => name === text)?.[2];
  return gid === undefined
    ? expected('a group that /etc/group has, or its number', example)
    : Number(gid);
}

function groups(): readonly string[] {
  try {
    return readFileSync('/etc/group', 'latin1').split('\n');
  } catch {
    return [];
  }
}

/** What the kernel takes. Source: unix(7). */
const LONGEST_PATH = 107;

/** Where a socket may be made; whether that works shows at the start. */
export function socketPath(text: string): string | undefined {
  const good = isAbsolute(text) && Buffer.byteLength(text) <= LONGEST_PATH;
  return good
    ? text
    : expected(
        `an absolute path of at most ${LONGEST_PATH} bytes`,
        '/run/l4director/stats.sock',
      );
}
