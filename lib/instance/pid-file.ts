import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Instance } from './instance.ts';
import { leftText } from './left-text.ts';
import { identify, isDirector, mayName, type ProcessIdentity } from './process.ts';
import { writingIn } from './runtime-dir.ts';

/** What the pid file says. `stale`: there is one, but no director of that instance runs
 *  under its number. */
export type Presence =
  | { readonly state: 'running'; readonly process: ProcessIdentity }
  | { readonly state: 'stale' }
  | { readonly state: 'stopped' };

export function presence(instance: Instance): Presence {
  const left = leftText(instance.pidFile);
  if (left === undefined) return { state: 'stopped' };
  const pid = Number.parseInt(left.text, 10);
  const process = pid > 0 ? identify(pid) : undefined;
  return process && isDirector(pid, instance.name) && mayName(left.uid, pid)
    ? { state: 'running', process }
    : { state: 'stale' };
}

/** Whole or not at all: a reader never meets an empty file.
 *  @throws Error in words for the operator */
export function writePidFile({ pidFile }: Instance, pid: number): void {
  const draft = `${pidFile}.${pid}`;
  writingIn(dirname(pidFile), () => {
    try {
      writeFileSync(draft, `${pid}\n`, { mode: 0o644 });
      renameSync(draft, pidFile);
    } finally {
      rmSync(draft, { force: true });
    }
  });
}

/** Removes the file if it is still that process's own. */
export function removePidFile(instance: Instance, pid: number): void {
  if (leftText(instance.pidFile)?.text.trim() === String(pid))
    rmSync(instance.pidFile, { force: true });
}
