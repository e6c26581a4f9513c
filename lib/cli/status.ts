import { spawnSync } from 'node:child_process';
import { childCommand } from '../instance/children.ts';
import { findInstance } from '../instance/instance.ts';
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
  if (found.state === 'running') return running(context, found.process.pid);
  const file = await readConfigFile(context);
  if (!file.ok) return complain(context, file);
  if (found.state === 'stale')
    err(`ldirectord stale pid file ${instance.pidFile} for ${file.path}`);
  out(`ldirectord is stopped for ${file.path}`);
  return found.state === 'stale' ? EXIT.failed : EXIT.stopped;
}

/** Names are not looked up: a name server that is down is no reason for a monitor to time out. */
async function running(context: Context, pid: number): Promise<number> {
  const { line, err } = context;
  const path = configPath(line.config) ?? line.config;
  err(`ldirectord for ${path} is running with pid: ${pid}`);
  const file = await readConfigFile(context, { resolve: offlineResolver() });
  if (!file.ok) complain(context, file);
  else for (const child of file.config.global.execute) askChild(context, child);
  return EXIT.done;
}

const CHILD_MS = 10_000;

function askChild({ program, line }: Context, child: string): void {
  const runtimeDir =
    line.runtimeDir === undefined ? [] : ['--runtime-dir', line.runtimeDir];
  const command = childCommand([...program, ...runtimeDir], child, 'status');
  spawnSync('/bin/sh', ['-c', command], { stdio: 'inherit', timeout: CHILD_MS });
}
