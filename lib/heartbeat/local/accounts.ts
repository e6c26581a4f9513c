import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const WAIT_MS = 5000;

export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** A user of this host, wherever it keeps them; undefined: there is none of that name. */
export async function accountOf(user: string): Promise<Account | undefined> {
  try {
    const args = ['passwd', '--', user];
    const { stdout } = await run('getent', args, { timeout: WAIT_MS });
    const [, , uid, gid, , home = '/'] = stdout.trim().split(':');
    return { uid: Number(uid), gid: Number(gid), home };
  } catch {
    return undefined;
  }
}
