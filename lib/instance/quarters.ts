import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { handOver, type Owner, takeBack } from './belongings.ts';
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

/** Where a director that is not root keeps its files. */
export interface Quarters {
  readonly runtimeDir: string;
  /** For what outlives it. */
  readonly stateDir: string;
  /** What the log is to say of files that were found there. */
  readonly told: readonly string[];
}

const LOG_MODE = 0o640;
const FOLDER_MODE = 0o755;
const ROOT: Owner = { uid: 0, gid: 0 };

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
  const stateDir = stateDirOf(runtimeDir, name);
  const wereRoots = tenantOf(stateDir) === undefined;
  writingIn(runtimeDir, () => give(quarters, owner));
  if (stateDir !== quarters) {
    mkdirSync(SYSTEM_STATE, { recursive: true, mode: 0o755 });
    give(stateDir, owner);
  }
  const its = instanceIn(quarters, name, stateDir);
  writingIn(runtimeDir, () => {
    lead(usual.pidFile, its.pidFile);
    lead(usual.socket, its.socket);
  });
  const told = handOver(usual, its, owner, wereRoots);
  for (const path of logs) giveLog(path, owner);
  return { runtimeDir: quarters, stateDir, told };
}

/** A director that stays root has the usual names for itself again, and what another user's has left, where
 *  that was the last one in charge.
 *  @param runtimeDir  where the instance is looked for
 *  @param usual       as root has it
 *  @returns           what the log is to say, in lines */
export function endQuarters(runtimeDir: string, usual: Instance): readonly string[] {
  for (const path of [usual.pidFile, usual.socket])
    if (isLink(path)) rmSync(path, { force: true });
  const stateDir = stateDirOf(runtimeDir, usual.name);
  const tenant = tenantOf(stateDir);
  if (!tenant) return [];
  // First, so that nobody changes what is in it.
  own(stateDir, ROOT);
  const left = instanceIn(quartersIn(runtimeDir, usual.name), usual.name, stateDir);
  return takeBack(usual, left, tenant);
}

function stateDirOf(runtimeDir: string, name: string): string {
  return runtimeDir === SYSTEM
    ? join(SYSTEM_STATE, name)
    : quartersIn(runtimeDir, name);
}

/** Whose director keeps its files in that folder, which root alone can have given away; undefined: root's
 *  was the last one in charge, or the folder is in one of others. */
function tenantOf(folder: string): Owner | undefined {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (!found?.isDirectory() || found.uid === 0) return undefined;
  const { uid, gid } = found;
  return rootsFolder(dirname(folder)) === undefined ? undefined : { uid, gid };
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** A folder in one of root's. Nobody but root can have put anything else there. */
function give(folder: string, { uid, gid }: Owner): void {
  if (rootsFolder(dirname(folder)) === undefined)
    throw new Error(
      `${dirname(folder)}: others than root have a say in what is there, or where that is; choose another --runtime-dir`,
    );
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  if (!lstatSync(folder).isDirectory())
    throw new Error(`${folder}: it is no directory; move it away`);
  own(folder, { uid, gid });
}

/** Whose it was may have let others write to it. The owner first: only that one changes the mode back. */
function own(folder: string, { uid, gid }: Owner): void {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const file = openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    fchownSync(file, 0, 0);
    fchmodSync(file, FOLDER_MODE);
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
