import { within } from '../model/within.ts';

/** The verdict is there by now, and waits. */
const GOODBYE_MS = 1000;

/** Waits for a server's part in the goodbye, since many note a client that hangs up on them as a
 *  lost connection; no longer than a second, and never past the check's own end.
 *  @returns  whether it came. Never rejects */
export async function parted(goodbye: Promise<unknown>): Promise<boolean> {
  const came = goodbye.then(
    () => true,
    () => false,
  );
  return await within(GOODBYE_MS, came, () => false);
}
