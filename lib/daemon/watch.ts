import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../alerts/command.ts';
import { quote } from '../instance/children.ts';
import type { Log } from '../model/log.ts';
import type { ConfigFile } from './config-file.ts';
import type { Reloader } from './reloader.ts';

const CALLBACK_MS = 60_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Looks at the config file once every checkinterval until the signal aborts: says when it
 *  changed, reads it again with autoreload, and calls the callback in both cases.
 *  Source: ldirectord(8), observed. */
export async function watchConfig(
  file: ConfigFile,
  reloader: Reloader,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  while (await pause(reloader.config.global.checkinterval, signal)) {
    const found = await file.look();
    if (found === 'gone')
      log.warn(
        `Warning [${process.pid}] reading file ${file.path}: can not open file ${file.path} for checking`,
      );
    if (found !== 'changed' || signal.aborted) continue;
    log.info(`Configuration file '${file.path}' has changed on disk`);
    if (reloader.config.global.autoreload) {
      log.info(' - reread new configuration');
      await reloader.reload();
    } else log.info(' - ignore new configuration');
    await callBack(file.path, reloader.config.global.callback, log, signal);
  }
}

async function pause(seconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(Math.min(seconds * 1000, LONGEST_TIMER_MS), undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

async function callBack(
  path: string,
  callback: string | undefined,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  if (callback === undefined || !(await executable(callback))) return;
  const limits = { timeoutMs: CALLBACK_MS, signal };
  await runCommand(`${callback} ${quote(path)}`, limits, log);
}

function executable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
