import { within } from '../model/within.ts';

/** A disk that takes longer is not waited for. */
const DISK_MS = 2_000;

/** What an answer to a change says besides, where the change is in force and would end with the director.
 *  @param keeping  as `OverrideStore.keep` */
export async function unkept(
  keeping: Promise<string | undefined>,
): Promise<{ readonly warning?: string }> {
  const late = `it is not on disk after ${DISK_MS / 1000} s`;
  const problem = await within(DISK_MS, keeping, () => late);
  if (problem === undefined) return {};
  return { warning: `in force, but it would not outlive the director: ${problem}` };
}
