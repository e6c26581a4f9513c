import { spawnSync } from 'node:child_process';
import type { Capability } from '../model/capability.ts';
import type { Owner } from './belongings.ts';

/** Who a process is to be, and what of root's rights it is to keep. */
export interface Becoming extends Owner {
  readonly name: string;
  readonly capabilities: readonly Capability[];
}

const TRY_MS = 10_000;
/** Prints the files that cannot be read. */
const UNREADABLE = 'for file; do test -r "$file" || printf "%s\\n" "$file"; done';

/** Words before a command that make it that user's, by `setpriv` (util-linux), since Node cannot keep a
 *  capability when it changes the user. What that command starts has the same rights. */
export function becoming({ uid, gid, capabilities }: Becoming): readonly string[] {
  const kept = ['-all', ...capabilities.map(optionOf)].join(',');
  return [
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--init-groups',
    `--inh-caps=${kept}`,
    `--ambient-caps=${kept}`,
    '--',
  ];
}

function optionOf(name: Capability): string {
  return `+${name.replace('CAP_', '').toLowerCase()}`;
}

/** Tries it.
 *  @param files  which that user must be able to read
 *  @returns      why it cannot be, in words for the operator; undefined: it can */
export function cannotBecome(
  to: Becoming,
  files: readonly string[],
): string | undefined {
  const [file = '', ...words] = becoming(to);
  const tried = spawnSync(file, [...words, 'sh', '-c', UNREADABLE, 'sh', ...files], {
    encoding: 'utf8',
    timeout: TRY_MS,
    cwd: '/',
  });
  const as = `[daemon] user = ${to.name}`;
  if (tried.error && 'code' in tried.error && tried.error.code === 'ENOENT')
    return `${as}: there is no setpriv(1), by which a director becomes another user; install util-linux`;
  if (tried.error) return `${as}: ${tried.error.message}`;
  if (tried.status !== 0) return `${as}: ${tried.stderr.trim()}`;
  const [first] = tried.stdout.split('\n').filter((line) => line !== '');
  return (
    first &&
    `${as}: that user cannot read ${first}: expected it to be for its group, as after "chgrp ${to.gid} ${first} && chmod g+r ${first}"`
  );
}
