import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Launch } from '../instance/launch.ts';
import { lockHolder, takeLock } from '../instance/lock.ts';
import { passOn } from '../instance/passed-descriptors.ts';
import { writePidFile } from '../instance/pid-file.ts';
import {
  identify,
  isAlive,
  isSurelyDirector,
  type ProcessIdentity,
} from '../instance/process.ts';
import { succeeding, successorLock } from '../instance/succession.ts';
import { reasonOf } from '../model/reason.ts';

/** For a director that is at work after 5 s at the latest, on a busy machine. */
const START_MS = 30_000;
/** Of what it says on stderr. */
const MOST_WORDS = 16 << 10;

export type Succession =
  | { readonly ok: true; readonly successor: ProcessIdentity }
  | { readonly ok: false; readonly reasons: readonly string[] };

/** Starts the program that is installed now in the place of this process, and settles when it is at
 *  work and has lock, pid file and control socket, or could not: then it has ended, and all is as
 *  before. The successor is nobody's child but init's.
 *  @param environment  what it needs beside this process's own */
export async function startSuccessor(
  launch: Launch,
  environment: Readonly<Record<string, string>>,
): Promise<Succession> {
  const { instance, predecessor, elders = [] } = launch;
  const { lock } = instance;
  const own = identify(process.pid);
  if (!own) return { ok: false, reasons: ['/proc is not mounted'] };
  const before = [predecessor ?? [], elders].flat().filter(isAlive);
  const words = await run(launch, { ...environment, ...succeeding([own, ...before]) });
  const holder = lockHolder(lock);
  if (holder && holder.pid !== own.pid) return { ok: true, successor: holder };
  // One that is late must not take over when nobody expects it any more.
  const late = lockHolder(successorLock(instance));
  if (late && late.pid !== own.pid && isSurelyDirector(late.pid, instance.name))
    process.kill(late.pid, 'SIGKILL');
  // It may have come as far as to take the place, and no further.
  if (!holder && takeLock(lock).taken) writePidFile(instance, own.pid);
  return { ok: false, reasons: words };
}

/** Calls `start`, which returns when the successor is at work. @returns what it says */
async function run(
  { program, start, sockets = [] }: Launch,
  environment: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const [node = '', ...script] = program;
  const child = spawn(node, [...script, ...start], {
    cwd: '/',
    env: { ...process.env, ...environment, ...passOn(sockets) },
    stdio: ['ignore', 'ignore', 'pipe', ...sockets],
    timeout: START_MS,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, MOST_WORDS);
  });
  try {
    const [code, signal] = await once(child, 'close');
    const lines = said.split('\n').filter((line) => line !== '');
    return lines.length > 0 ? lines : [`its start ended with ${signal ?? code}`];
  } catch (error) {
    return [reasonOf(error)];
  }
}
