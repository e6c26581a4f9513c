import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What writes a file writes again within this time, or has done. */
const QUIET_MS = 50;
const PATIENCE_MS = 2000;

/** Waits while any of these files is being written, at most two seconds: `cp` and some editors empty a
 *  file first, and an empty file is a config without services. A file that was not written to within
 *  the last 50 ms, or is not there, is not waited for. */
export async function settled(
  paths: readonly string[],
  { quietMs, patienceMs } = { quietMs: QUIET_MS, patienceMs: PATIENCE_MS },
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const ages = await Promise.all(paths.map(age));
    const fresh = ages.filter((ms) => ms >= 0 && ms < quietMs);
    if (fresh.length === 0 || performance.now() > deadline) return;
    await sleep(quietMs - Math.min(...fresh));
  }
}

/** Milliseconds since it was written, on the clock of files; a time to come is none of it. */
async function age(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
