import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** For chrt(1). */
const TIMEOUT_MS = 5000;

/** Has this process scheduled before all that waits for the processor, so that its heartbeats are on time on a
 *  busy host; what it starts is scheduled as usual. Source: ha.cf(5) `realtime`, `rtprio`, sched(7).
 *  @param priority  of SCHED_RR, 1 to 99
 *  @returns         why it is not; undefined: it is */
export async function beRealtime(priority: number): Promise<string | undefined> {
  const how = ['--rr', '--reset-on-fork', '--all-tasks'];
  const whom = ['--pid', String(priority), String(process.pid)];
  try {
    await run('chrt', [...how, ...whom], { timeout: TIMEOUT_MS });
    return undefined;
  } catch (error) {
    const { message, stderr = '' } = error as Error & { stderr?: string };
    return stderr.trim() || message;
  }
}
