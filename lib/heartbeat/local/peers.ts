import { execFile } from 'node:child_process';
import { isIP, isIPv4 } from 'node:net';
import { promisify } from 'node:util';
import { within } from '../../model/within.ts';
import type { Finding } from '../config/findings.ts';
import type { HaConfig, Medium } from '../config/ha-config.ts';

const run = promisify(execFile);
const WAIT_MS = 5000;

/** Puts addresses in the place of the names of `ucast`. They are asked for once: a node that waits for a name server
 *  while it is to take over is none.
 *  @returns what names have no address, too; their media are left as they are */
export async function withPeers(
  config: HaConfig,
  file: string,
): Promise<{ readonly config: HaConfig; readonly findings: readonly Finding[] }> {
  const findings: Finding[] = [];
  const media = await Promise.all(
    config.media.map(async (medium): Promise<Medium> => {
      if (medium.kind !== 'ucast' || isIP(medium.peer) !== 0) return medium;
      const { line = 0, ...rest } = medium;
      const peer = await addressOf(medium.peer);
      if (peer !== undefined) return { ...rest, peer };
      const message = `ucast: "${medium.peer}" has no address: write one, or put the name into /etc/hosts`;
      findings.push({ file, line, severity: 'error', message });
      return medium;
    }),
  );
  return { config: { ...config, media }, findings };
}

/** IPv4 first, as with Heartbeat. Asked by a program, which can be ended. */
async function addressOf(name: string): Promise<string | undefined> {
  const how = { timeout: WAIT_MS, killSignal: 'SIGKILL', cwd: '/' } as const;
  const found = run('getent', ['ahosts', '--', name], how).then(
    ({ stdout }) => stdout.split('\n').map((line) => line.split(' ')[0] ?? ''),
    () => [],
  );
  const all = await within<string[]>(WAIT_MS, found, () => []);
  return all.find(isIPv4) ?? all.find((address) => isIP(address) !== 0);
}
