import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';

/** Start of the paths of this process' network namespaces, as `ip netns` keeps them. */
export const NAMESPACES = `/run/netns/l4director-bench-${process.pid}-`;

/** The full name of one: what `ip` knows it by. */
export function namespaceOf(host: string): string {
  return basename(NAMESPACES) + host;
}

/** Words in front of a command that run it in one. */
export function inNamespace(host: string): readonly string[] {
  return ['ip', 'netns', 'exec', namespaceOf(host)];
}

/** Makes one, with nothing but a loopback link. Needs root. The run's guard removes it, with all that
 *  then runs in it. */
export async function addNamespace(host: string): Promise<void> {
  await promisify(execFile)('ip', ['netns', 'add', namespaceOf(host)]);
}
