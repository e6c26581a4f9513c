import { renameSync, rmSync } from 'node:fs';
import {
  type ControlOptions,
  type ControlServer,
  createControlServer,
  readStatus,
} from '../control/index.ts';
import { asideSocket, isSocket, sweepBeside } from '../instance/beside.ts';
import type { Instance } from '../instance/instance.ts';
import type { Launch } from '../instance/launch.ts';
import { takeLock } from '../instance/lock.ts';
import { presence, writePidFile } from '../instance/pid-file.ts';
import type { ProcessIdentity } from '../instance/process.ts';

const ASK_MS = 2_000;

/** From now on commands find this director: control socket and pid file. A successor takes them, and
 *  the lock, from the one before, which goes on with what it has open, and removes what was set aside of
 *  its sockets. Where it cannot, sockets are as before.
 *  @throws Error in words for the operator */
export async function appear(
  { instance, mode, predecessor }: Launch,
  options: Omit<ControlOptions, 'path'>,
): Promise<ControlServer> {
  const own = [instance.socket, options.readOnly?.path ?? []].flat();
  for (const path of own) sweepBeside(path);
  const before = predecessor ? await socketsOf(predecessor, own) : [];
  if (predecessor) setAside(before, predecessor.pid);
  let control: ControlServer | undefined;
  try {
    control = await createControlServer({ ...options, path: instance.socket });
    if (predecessor) succeed(instance, predecessor);
    if (mode === 'daemon' || mode === 'foreground') writePidFile(instance, process.pid);
  } catch (error) {
    await control?.close();
    const giveUp = presence(instance).state === 'stopped' ? removeAside : putBack;
    if (predecessor) giveUp(before, predecessor.pid);
    throw error;
  }
  return control;
}

/** What a successor set aside of that director's sockets has its name again. */
export function putBack(paths: readonly string[], pid: number): void {
  for (const path of paths)
    if (isSocket(asideSocket(path, pid))) renameSync(asideSocket(path, pid), path);
}

/** Nobody needs it any more. */
export function removeAside(paths: readonly string[], pid: number): void {
  for (const path of paths) rmSync(asideSocket(path, pid), { force: true });
}

/** @throws Error when the place is not to be had any more */
function succeed(instance: Instance, predecessor: ProcessIdentity): void {
  const lock = takeLock(instance.lock, predecessor);
  if (!lock.taken)
    throw new Error(`pid ${lock.holder.pid} has taken the place already`);
  // One that was stopped removes it, and looks for who has the lock after that.
  if (presence(instance).state === 'stopped')
    throw new Error(
      `the director that hands over (pid ${predecessor.pid}) was stopped`,
    );
}

/** The director's own, and the read-only one where that director listens there: the config may name
 *  any file by now. */
async function socketsOf(
  { pid }: ProcessIdentity,
  [own = '', readOnly]: readonly string[],
): Promise<readonly string[]> {
  if (readOnly === undefined) return [own];
  const status = readStatus(readOnly, { timeoutMs: ASK_MS }).catch(() => undefined);
  return (await status)?.pid === pid ? [own, readOnly] : [own];
}

function setAside(paths: readonly string[], pid: number): void {
  for (const path of paths)
    if (isSocket(path)) renameSync(path, asideSocket(path, pid));
}
