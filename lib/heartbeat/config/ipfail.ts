import { posix } from 'node:path';
import type { HaConfig, Respawn } from './ha-config.ts';

/** Whether a program of `respawn` is ipfail, wherever it lies: it is built in here and not started. */
export function isIpfail({ command }: Respawn): boolean {
  return posix.basename(command[0] ?? '') === 'ipfail';
}

/** Whether it has anything to do: hosts to ping, and groups that can move. */
export function usesIpfail({ respawns, pings, autoFailback }: HaConfig): boolean {
  return respawns.some(isIpfail) && pings.length > 0 && autoFailback !== 'legacy';
}
