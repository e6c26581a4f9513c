import { readFile } from 'node:fs/promises';
import type { Files } from '../local/files.ts';
import { readPid } from '../local/pid-file.ts';
import { endLeftPrograms } from '../local/programs.ts';
import { isTaken } from '../process/status-socket.ts';
import { dropLeftAddresses } from '../resources/address/left-addresses.ts';

/** Addresses that a killed run has left go, and then its scripts and children, unless another node runs here. Nothing else is read or loaded before
 *  that, for both hosts may have them until then.
 *  @returns  what is gone, in words */
export async function dropLeft(files: Files): Promise<readonly string[]> {
  if (await runsAnother(files)) return [];
  const text = await readFile(files.haresources, 'latin1').catch(() => ''); // Told when it is checked.
  const addresses = await dropLeftAddresses(text);
  return [...addresses, ...(await endLeftPrograms(files.programs))];
}

/** One of this program, or a Heartbeat. In a container a new process may have the number of the last one. */
async function runsAnother({ status, pid }: Files): Promise<boolean> {
  if (await isTaken(status)) return true;
  const found = await readPid(pid);
  return found !== undefined && found !== process.pid;
}
