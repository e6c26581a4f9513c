import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 100;

/** Settles when nothing is open any more, or at the abort. */
export async function emptied(open: () => number, hurry: AbortSignal): Promise<void> {
  while (!hurry.aborted && open() > 0)
    await sleep(LOOK_MS, undefined, { signal: hurry }).catch(() => {});
}
