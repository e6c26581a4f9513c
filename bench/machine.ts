import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release } from 'node:os';
import { has, PROGRAMS } from './needs.ts';

/** What the figures depend on, as lines of Markdown. */
export function machine(node: string, loadBefore: readonly number[]): string {
  const one = (numbers: readonly number[]) => (numbers[0] ?? 0).toFixed(2);
  return `- director on Node ${version(node, ['--version'])}
- ${has('haproxy') ? (version(PROGRAMS.haproxy.path, ['-v']).split(' 20')[0] ?? '') : 'no HAProxy'}, one thread, tcp mode, splice-auto
- ${nginxVersion()}, one process: stream, and the two real servers
- ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, Linux ${release()}, loopback only
- load average of the machine ${one(loadBefore)} before, ${one(loadavg())} after: ${cpus().length} processors are shared by the
  load, the servers, the subject and whatever else ran
`;
}

/** First line that it prints. */
export function version(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' }).split('\n')[0] ?? '';
}

function nginxVersion(): string {
  // nginx says its version on stderr only.
  const script = `${PROGRAMS.nginx.path} -v 2>&1`;
  return version('/bin/sh', ['-c', script]).replace('nginx version: ', '');
}
