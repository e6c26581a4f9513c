import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Node's arguments that run this program again, under the name `ldirectord` if it has one:
 *  Pacemaker's agent looks for a process with `.../ldirectord CONFIG start` on its command
 *  line. Called by another name it is the link of that name beside it, as npm and the build
 *  make one. */
export function ourProgram(called = process.argv[1] ?? ''): readonly string[] {
  return [process.execPath, ...process.execArgv, underOldName(called)];
}

function underOldName(called: string): string {
  if (basename(called) === 'ldirectord') return called;
  const real = realpathSync(called);
  const links = [dirname(called), dirname(real)].map((at) => join(at, 'ldirectord'));
  return (
    links.find((link) => existsSync(link) && realpathSync(link) === real) ?? called
  );
}
