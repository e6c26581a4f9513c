import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf } from '../model/reason.ts';
import type { Instance } from './instance.ts';
import { rootsFolder } from './roots-folder.ts';

/** A user and a group, by number. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** What goes on in the next run. */
const OUTLIVES = ['state', 'clients', 'numbers', 'names'] as const;
type Belongings = Pick<Instance, (typeof OUTLIVES)[number]>;
/** Of the largest of them. */
const MOST_BYTES = 32 << 20;

/** Root's files become the other user's.
 *  @param wereRoots  root's director was the last one in charge, so that its files are the younger ones
 *  @returns what the log is to say, in lines
 *  @throws Error in words for the operator: a weight that was set by hand would be lost in silence */
export function handOver(
  usual: Belongings,
  own: Belongings,
  owner: Owner,
  wereRoots: boolean,
): readonly string[] {
  return OUTLIVES.flatMap((kind) => {
    const [from, to] = [usual[kind], own[kind]];
    const isKept = lstatSync(to, { throwIfNoEntry: false }) && !wereRoots;
    if (isKept || rootsFolder(dirname(from)) === undefined) return [];
    try {
      return moveFile(from, to, owner);
    } catch (error) {
      const why = reasonOf(error);
      throw new Error(
        `${from} cannot be handed over: ${why}; move it to ${to}, or away`,
      );
    }
  });
}

/** Leaves what is no file of root's alone, and follows no link. Given away last: where it cannot be moved
 *  it stays root's. @throws as node:fs does */
function moveFile(from: string, to: string, { uid, gid }: Owner): readonly string[] {
  if (!lstatSync(from, { throwIfNoEntry: false })?.isFile()) return [];
  const file = openSync(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const found = fstatSync(file);
    if (found.uid !== 0 || found.nlink !== 1) return [];
    const told = setAside(to, 'an older run has left it');
    renameSync(from, to);
    fchownSync(file, uid, gid);
    return told;
  } finally {
    closeSync(file);
  }
}

/** What the other user's director has left becomes root's, of which it was the last one in charge. Root gets
 *  copies: whoever has the old files open cannot change them. What is in them is for their readers to
 *  doubt. What is no plain file of that user's is set aside, so that it is not in force another time.
 *  @param own   in a folder that is root's by now: nobody puts anything else in their place
 *  @param from  whose they are
 *  @returns     what the log is to say, in lines */
export function takeBack(
  usual: Belongings,
  own: Belongings,
  from: Owner,
): readonly string[] {
  return OUTLIVES.flatMap((kind) => {
    const [left, to] = [own[kind], usual[kind]];
    if (!lstatSync(left, { throwIfNoEntry: false })) return [];
    try {
      const bytes = bytesOf(left, from);
      const told = setAside(to, 'an older run has left it');
      writeNew(to, bytes);
      rmSync(left);
      return [...told, `Taken over from uid ${from.uid}: ${left} is ${to} now`];
    } catch (error) {
      const why = reasonOf(error);
      return setAside(left, `it is not taken over from uid ${from.uid}: ${why}`);
    }
  });
}

/** @throws Error in words for the operator */
function bytesOf(path: string, { uid }: Owner): Uint8Array {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const found = fstatSync(file);
    if (!found.isFile() || found.nlink !== 1 || found.uid !== uid)
      throw new Error('it is no plain file of that user');
    if (found.size > MOST_BYTES)
      throw new Error(`it has more than ${MOST_BYTES} bytes`);
    const bytes = Buffer.alloc(found.size);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

/** Whole or not at all, for root alone. */
function writeNew(path: string, bytes: Uint8Array): void {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/** By the name that a damaged one gets: of these some stay, and others go. */
function setAside(path: string, why: string): readonly string[] {
  if (!lstatSync(path, { throwIfNoEntry: false })) return [];
  const aside = `${path}.bad-${new Date().toISOString().replaceAll(/[-:]/g, '')}`;
  renameSync(path, aside);
  return [`${path} is ${aside} now: ${why}`];
}
