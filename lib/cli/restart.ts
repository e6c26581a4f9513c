import { leftBeside } from '../instance/beside.ts';
import { findInstance } from '../instance/instance.ts';
import { EXIT } from '../instance/launch.ts';
import { presence } from '../instance/pid-file.ts';
import { complain, readLastingFile } from './config-file.ts';
import type { Context } from './context.ts';
import { startWith } from './start.ts';
import { end, endLeft } from './stop.ts';

/** `restart`: a bad config leaves the running director alone. */
export async function restart(context: Context): Promise<number> {
  return again(context, { startStopped: true });
}

/** `try-restart`: the same, but what is stopped stays stopped. */
export async function tryRestart(context: Context): Promise<number> {
  return again(context, { startStopped: false });
}

async function again(
  context: Context,
  { startStopped }: { readonly startStopped: boolean },
): Promise<number> {
  const file = await readLastingFile(context);
  if (!file.ok) return complain(context, file);
  const { line } = context;
  const instance = findInstance(line.instance, line.runtimeDir);
  const found = presence(instance);
  if (found.state !== 'running' && !startStopped) return EXIT.done;
  const code =
    found.state === 'running'
      ? await end(context, found.process)
      : await endLeft(context, leftBeside(instance.socket));
  if (code !== EXIT.done) return code;
  return startWith(context, file.path, file.config);
}
