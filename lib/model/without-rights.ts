import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A program and its arguments, as spawn() takes them. */
type Command = readonly [file: string, args: readonly string[]];

const PLACES = ['/usr/bin/setpriv', '/bin/setpriv'];
const GIVE_UP = ['--inh-caps=-all', '--ambient-caps=-all', '--'];
const TRY_MS = 2_000;

/** A script of the config, as it is started: with none of the rights that a director which is not root has
 *  and would hand down to it. It costs one exec, by `setpriv` (util-linux), since Node cannot do it. As it is
 *  where there is nothing to hand down, or no setpriv that can.
 *  @param words  what stands before it; default: what this process needs, found out once */
export function withoutRights(
  file: string,
  args: readonly string[],
  words = ownWords(),
): Command {
  const [first, ...rest] = words;
  return first === undefined ? [file, args] : [first, [...rest, file, ...args]];
}

let own: readonly string[] | undefined;

function ownWords(): readonly string[] {
  own ??= wordsOf(readFileSync('/proc/self/status', 'latin1'));
  return own;
}

/** What stands before such a script; empty: nothing.
 *  @param status  of `/proc/self/status` */
export function wordsOf(
  status: string,
  places: readonly string[] = PLACES,
): readonly string[] {
  const setpriv = places.find((place) => existsSync(place));
  if (!handsDown(status) || setpriv === undefined) return [];
  const { status: exit, error } = spawnSync(setpriv, [...GIVE_UP, 'true'], {
    stdio: 'ignore',
    timeout: TRY_MS,
  });
  // One that is late on a busy machine can.
  const isLate = error !== undefined && 'code' in error && error.code === 'ETIMEDOUT';
  return exit === 0 || isLate ? [setpriv, ...GIVE_UP] : [];
}

/** What root starts is root's, whatever is ambient. Source: capabilities(7). */
function handsDown(status: string): boolean {
  const uid = /^Uid:\t\d+\t(\d+)/m.exec(status)?.[1];
  return uid !== '0' && /^CapAmb:\t0*[1-9a-f]/m.test(status);
}
