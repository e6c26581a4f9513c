import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { collect, type Outcome } from './site.ts';

/** The program as it is called by path. */
export const PROGRAM = fileURLToPath(import.meta.resolve('../../bin/l4director.js'));

/** Starts an action on the director x.cf whose socket is in that folder. */
export function startAction(folder: string, ...words: readonly string[]): ChildProcess {
  const own = ['--runtime-dir', folder, 'x.cf', ...words];
  return spawn(process.execPath, [PROGRAM, ...own], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The same to its end. */
export function runAction(
  folder: string,
  ...words: readonly string[]
): Promise<Outcome> {
  return collect(startAction(folder, ...words));
}
