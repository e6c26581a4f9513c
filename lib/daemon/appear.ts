import { rmSync } from 'node:fs';
import {
  type ControlOptions,
  type ControlServer,
  createControlServer,
} from '../control/index.ts';
import type { Launch } from '../instance/launch.ts';
import { takeLock } from '../instance/lock.ts';
import { writePidFile } from '../instance/pid-file.ts';

/** From now on commands find this director: control socket and pid file. A successor takes them, and
 *  the lock, from the one before, which goes on with what it has open.
 *  @throws Error in words for the operator */
export async function appear(
  { instance, mode, predecessor }: Launch,
  options: Omit<ControlOptions, 'path'>,
): Promise<ControlServer> {
  if (predecessor) {
    const lock = takeLock(instance.lock, predecessor);
    if (!lock.taken)
      throw new Error(`pid ${lock.holder.pid} has taken the place already`);
    for (const path of [instance.socket, options.readOnly?.path])
      if (path !== undefined) rmSync(path, { force: true });
  }
  const control = await createControlServer({ ...options, path: instance.socket });
  if (mode === 'daemon' || mode === 'foreground') writePidFile(instance, process.pid);
  return control;
}
