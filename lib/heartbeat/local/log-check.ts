import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { within } from '../../model/within.ts';
import type { Finding } from '../config/findings.ts';
import type { HaConfig } from '../config/ha-config.ts';

const run = promisify(execFile);
const WAIT_MS = 2000;
/** By a program of its own, for a disk that does not answer keeps whoever asks it from ending. */
const WRITABLE =
  'if [ -e "$1" ]; then [ ! -d "$1" ] && [ -w "$1" ]; else [ -d "$2" ] && [ -w "$2" ]; fi';

/** Whether the files of the log can be written: a node without a log runs, but nobody sees what it does. */
export async function logFindings(
  config: HaConfig,
  file: string,
): Promise<readonly Finding[]> {
  const names = ['logfile', 'debugfile'] as const;
  const bad = await Promise.all(
    names.map(async (name) => {
      const path = config[name];
      return path !== undefined && !(await isWritable(path));
    }),
  );
  return names
    .filter((_, n) => bad[n])
    .map((name) => ({
      file,
      line: config.lineOf[name] ?? 0,
      severity: 'warning',
      message: `${name}: ${config[name]} cannot be written: its lines go to stderr. Expected a file in a folder that is there`,
    }));
}

async function isWritable(path: string): Promise<boolean> {
  const args = ['-c', WRITABLE, 'sh', path, dirname(path)];
  const how = { timeout: WAIT_MS, killSignal: 'SIGKILL', cwd: '/' } as const;
  const found = run('sh', args, how).then(
    () => true,
    () => false,
  );
  return within(WAIT_MS, found, () => false);
}
