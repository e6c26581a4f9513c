import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { childCommand } from '../instance/children.ts';
import { findInstance, type Instance, SYSTEM } from '../instance/instance.ts';
import { EXIT } from '../instance/launch.ts';
import { presence } from '../instance/pid-file.ts';
import { complain, configPath, readConfigFile } from './config-file.ts';
import type { Context } from './context.ts';
import { offlineResolver } from './offline-resolver.ts';

/** `status`. A director at work with a broken file on disk is still healthy: it is reported as
 *  running, and the file's errors go to stderr. */
export async function status(context: Context): Promise<number> {
  const { line, out, err } = context;
  const instance = findInstance(line.instance, line.runtimeDir);
  const found = presence(instance);
  if (found.state === 'running') return running(context, instance, found.process.pid);
  const file = await readConfigFile(context);
  if (!file.ok) return complain(context, file);
  if (found.state === 'stale')
    err(`ldirectord stale pid file ${instance.pidFile} for ${file.path}`);
  out(`ldirectord is stopped for ${file.path}`);
  return found.state === 'stale' ? EXIT.failed : EXIT.stopped;
}

/** Names are not looked up: a name server that is down is no reason for a monitor to time out. */
async function running(
  context: Context,
  instance: Instance,
  pid: number,
): Promise<number> {
  const { line, err } = context;
  const path = configPath(line.config) ?? line.config;
  err(`ldirectord for ${path} is running with pid: ${pid}`);
  const file = await readConfigFile(context, { resolve: offlineResolver() });
  if (!file.ok) complain(context, file);
  else
    for (const child of file.config.global.execute) askChild(context, instance, child);
  return EXIT.done;
}

const CHILD_MS = 10_000;

/** One that has given up root has its children where it is itself. */
function askChild(
  { program, line }: Context,
  { pidFile }: Instance,
  child: string,
): void {
  const folder = dirname(pidFile);
  const usual = line.runtimeDir === undefined && folder === SYSTEM;
  const runtimeDir = usual ? [] : ['--runtime-dir', folder];
  const command = childCommand([...program, ...runtimeDir], child, 'status');
  spawnSync('/bin/sh', ['-c', command], { stdio: 'inherit', timeout: CHILD_MS });
}
