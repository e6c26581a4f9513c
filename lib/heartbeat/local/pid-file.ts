import { readFile, unlink, writeFile } from 'node:fs/promises';
import { absent } from './generation.ts';

/** Heartbeat's width of the number in its file. */
const WIDTH = 11;

export async function writePid(file: string): Promise<void> {
  await writeFile(file, `${String(process.pid).padStart(WIDTH)}\n`);
}

export async function removePid(file: string): Promise<void> {
  await unlink(file).catch(absent);
}

/** Of the daemon, Heartbeat's own too; undefined: none runs. The number may be another program's by now. */
export function readPid(file: string): Promise<number | undefined> {
  return runningAs(/heartbeat/, file);
}

/** How its processes call themselves: `heartbeat: master control process`. */
const HEARTBEAT = /^(?:[^\0 ]*\/)?heartbeat(?=[:\0 ]|$)/;

/** A Heartbeat that runs on this host; undefined: none. */
export function heartbeatOf(file: string): Promise<number | undefined> {
  return runningAs(HEARTBEAT, file);
}

async function runningAs(name: RegExp, file: string): Promise<number | undefined> {
  const pid = Number((await readFile(file, 'latin1').catch(absent)) ?? 0);
  if (!(pid > 0)) return undefined;
  const command = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(absent);
  return name.test(command ?? '') ? pid : undefined;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // process.kill's.
  }
}
