import { findInstance } from '../instance/instance.ts';
import { EXIT } from '../instance/launch.ts';
import { presence } from '../instance/pid-file.ts';
import { complain, readConfigFile } from './config-file.ts';
import type { Context } from './context.ts';
import { mayLog } from './give-up-root.ts';
import { signal } from './stop.ts';

/** `reload`: a bad config is told here too, and the director is asked all the same: it refuses
 *  the file and keeps the reason for its log and status. */
export async function reload(context: Context): Promise<number> {
  const { line } = context;
  const file = await readConfigFile(context);
  const found = presence(findInstance(line.instance, line.runtimeDir));
  if (found.state === 'running') signal(found.process, 'SIGHUP');
  if (!file.ok) return complain(context, file);
  if (found.state === 'running') return EXIT.done;
  if (!mayLog(file.config)) return EXIT.failed;
  const daemon = await context.daemon();
  await daemon.record(
    file.config.global.logfile,
    line.instance,
    `ldirectord is stopped for ${file.path}`,
  );
  return EXIT.failed;
}
