import type { Log } from '../model/log.ts';
import { reasonOf } from '../model/reason.ts';
import { readWhole } from './read-whole.ts';
import { unseal } from './sealed.ts';
import { setAside } from './set-aside.ts';

/** A kind of state file. */
export interface SealedKind<T> {
  readonly version: number;
  readonly mostBytes: number;
  /** @throws Error saying what it is not */
  readonly parse: (text: string) => T;
  /** What is lost with it, in words.
   *  @param text  what is there, as far as it can be read */
  readonly lost: (text: string) => string;
}

/** What is in the file; undefined: nothing, or what cannot be understood: that is set aside then, and the
 *  log says so. Never rejects. */
export async function readSealed<T>(
  path: string,
  { version, mostBytes, parse, lost }: SealedKind<T>,
  log: Log,
): Promise<T | undefined> {
  let bytes: Buffer | undefined;
  try {
    bytes = await readWhole(path, mostBytes);
    return bytes === undefined ? undefined : parse(unseal(version, bytes));
  } catch (error) {
    const aside = await setAside(path, new Date());
    const where = aside === undefined ? '' : `; it is ${aside} now`;
    const why = reasonOf(error);
    const what = lost(bytes?.toString('utf8') ?? '');
    log.error(`Cannot read ${path}: ${why} (${what}${where})`);
    return undefined;
  }
}
