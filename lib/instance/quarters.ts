import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type Instance,
  instanceIn,
  quartersIn,
  SYSTEM,
  SYSTEM_STATE,
} from './instance.ts';
import { lockHolder } from './lock.ts';
import { rootsFolder } from './roots-folder.ts';
import { writingIn } from './runtime-dir.ts';

/** A user and a group, by number. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Where a director that is not root keeps its files. */
export interface Quarters {
  readonly runtimeDir: string;
  /** For what outlives it. */
  readonly stateDir: string;
}

const LOG_MODE = 0o640;
/** What goes on in the next run. */
const OUTLIVES = ['state', 'clients', 'numbers'] as const;

/** Makes, as root, what a director of that user needs and could not make itself: a folder of its own with
 *  pid file, lock and socket, to which the usual names of these lead; one for what outlives it, with what a
 *  director of root's has left; its log files. Nothing is done in folders that others than root may write to.
 *  @param runtimeDir  where the instance is looked for
 *  @param usual       as root has it
 *  @param logs        absolute paths
 *  @throws Error in words for the operator */
export function prepareQuarters(
  runtimeDir: string,
  usual: Instance,
  owner: Owner,
  logs: readonly string[],
): Quarters {
  const { name } = usual;
  const holder = lockHolder(usual.lock);
  if (holder)
    throw new Error(`pid ${holder.pid} serves ${name} in the foreground; end it first`);
  const quarters = quartersIn(runtimeDir, name);
  const stateDir = runtimeDir === SYSTEM ? join(SYSTEM_STATE, name) : quarters;
  writingIn(runtimeDir, () => give(quarters, owner));
  if (stateDir !== quarters) {
    mkdirSync(SYSTEM_STATE, { recursive: true, mode: 0o755 });
    give(stateDir, owner);
  }
  const own = instanceIn(quarters, name, stateDir);
  writingIn(runtimeDir, () => {
    lead(usual.pidFile, own.pidFile);
    lead(usual.socket, own.socket);
  });
  for (const kind of OUTLIVES) handOn(usual[kind], own[kind], owner);
  for (const path of logs) giveLog(path, owner);
  return { runtimeDir: quarters, stateDir };
}

/** A director that stays root has the usual names for itself again. */
export function endQuarters(instance: Instance): void {
  for (const path of [instance.pidFile, instance.socket])
    if (isLink(path)) rmSync(path, { force: true });
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** A folder in one of root's. Nobody but root can have put anything else there. */
function give(folder: string, { uid, gid }: Owner): void {
  if (!isRoots(dirname(folder)))
    throw new Error(
      `${dirname(folder)}: it is not root's alone; choose another --runtime-dir`,
    );
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (!lstatSync(folder).isDirectory())
    throw new Error(`${folder}: it is no directory; move it away`);
  lchownSync(folder, uid, gid);
}

/** Root's file becomes the other user's, where that has none yet: its own is younger.
 *  @throws Error in words for the operator: a weight that was set by hand would be lost in silence */
function handOn(from: string, to: string, owner: Owner): void {
  if (lstatSync(to, { throwIfNoEntry: false }) || !isRoots(dirname(from))) return;
  try {
    moveFile(from, to, owner);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${from} cannot be handed over: ${why}; move it to ${to}, or away`);
  }
}

/** Leaves what is no file of root's alone, and follows no link. Given away last: where it cannot be moved
 *  it stays root's. @throws as node:fs does */
function moveFile(from: string, to: string, { uid, gid }: Owner): void {
  if (!lstatSync(from, { throwIfNoEntry: false })?.isFile()) return;
  const file = openSync(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const found = fstatSync(file);
    if (found.uid !== 0 || found.nlink !== 1) return;
    renameSync(from, to);
    fchownSync(file, uid, gid);
  } finally {
    closeSync(file);
  }
}

/** In one step, in the place of whatever has the name. */
function lead(from: string, to: string): void {
  const target = join(basename(dirname(to)), basename(to));
  if (isLink(from) && readlinkSync(from) === target) return;
  const draft = `${from}.${process.pid}`;
  rmSync(draft, { force: true });
  symlinkSync(target, draft);
  renameSync(draft, from);
}

/** Where it cannot be given, the director says so when it opens it. */
function giveLog(path: string, { uid, gid }: Owner): void {
  const folder = rootsFolder(dirname(path));
  if (folder === undefined) return;
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  let file: number | undefined;
  try {
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
    file = openSync(join(folder, basename(path)), flags, LOG_MODE);
    const found = fstatSync(file);
    if (found.isFile() && found.nlink === 1) fchownSync(file, uid, gid);
  } catch {
    // As said above.
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Root's, and nobody else may put a file there; syslog's group, on some systems, may. */
function isRoots(folder: string): boolean {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === 0 && (found.mode & 0o002) === 0;
}
