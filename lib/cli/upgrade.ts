import { setTimeout as delay } from 'node:timers/promises';
import { findInstance, type Instance } from '../instance/instance.ts';
import { EXIT } from '../instance/launch.ts';
import { presence } from '../instance/pid-file.ts';
import { isAlive, type ProcessIdentity } from '../instance/process.ts';
import { refusals } from '../instance/succession.ts';
import { complain, readLastingFile } from './config-file.ts';
import type { Context } from './context.ts';
import { signal } from './stop.ts';

/** The director itself gives its successor less. */
const WAIT_MS = 45_000;
const LOOK_MS = 50;

/** `upgrade`: the running director starts the program that is installed now, which takes its place;
 *  returns when it has. What is stopped stays stopped, and a bad config changes nothing. */
export async function upgrade(context: Context): Promise<number> {
  const file = await readLastingFile(context);
  if (!file.ok) return complain(context, file);
  const { line, err } = context;
  const instance = findInstance(line.instance, line.runtimeDir);
  const found = presence(instance);
  if (found.state !== 'running') return EXIT.done;
  refusals(instance).forget();
  signal(found.process, 'SIGWINCH');
  const reasons = await outcome(instance, found.process);
  for (const reason of reasons) err(`l4director: not upgraded: ${reason}`);
  refusals(instance).forget();
  return reasons.length === 0 ? EXIT.done : EXIT.failed;
}

/** @returns why it was not; empty: it was */
async function outcome(
  instance: Instance,
  before: ProcessIdentity,
): Promise<readonly string[]> {
  const deadline = performance.now() + WAIT_MS;
  while (performance.now() < deadline) {
    const now = presence(instance);
    if (now.state === 'running' && now.process.pid !== before.pid) return [];
    const refused = refusals(instance).read();
    if (refused) return refused;
    if (!isAlive(before)) return [`pid ${before.pid} has ended meanwhile`];
    await delay(LOOK_MS);
  }
  return [`pid ${before.pid} has not handed over within ${WAIT_MS / 1000} s`];
}
