import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 20;
/** From SIGKILL to the end, at most. */
const LAST_MS = 500;

/** Signals a process group, whose leader may be gone and the rest of it not.
 *  @param leader  its process id; undefined: it could not be started
 *  @returns whether somebody was there */
export function signalGroup(
  leader: number | undefined,
  signal: NodeJS.Signals | 0,
): boolean {
  if (leader === undefined) return false;
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // process.kill's.
  }
}

/** Ends a group: by SIGTERM, and what is left of it after that time by SIGKILL.
 *  @param mercyMs  milliseconds */
export async function endGroup(
  leader: number | undefined,
  mercyMs: number,
): Promise<void> {
  signalGroup(leader, 'SIGTERM');
  if (await isGone(leader, mercyMs)) return;
  signalGroup(leader, 'SIGKILL');
  await isGone(leader, LAST_MS);
}

async function isGone(leader: number | undefined, ms: number): Promise<boolean> {
  const limit = performance.now() + ms;
  while (signalGroup(leader, 0)) {
    if (performance.now() > limit) return false;
    await sleep(LOOK_MS);
  }
  return true;
}
