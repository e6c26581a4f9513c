import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release } from 'node:os';
import { has, PROGRAMS } from './needs.ts';

/** What the figures depend on, as lines of Markdown.
 *  @param node        the director's
 *  @param loadBefore  load averages before the run */
export function machine(node: string, loadBefore: readonly number[]): string {
  const [before = 0, after = 0] = [loadBefore[0], loadavg()[0]];
  const [processor] = cpus();
  const lines = [
    `director and Node peers on Node ${version(node, ['--version'])}`,
    ...(has('haproxy')
      ? [`${haproxyVersion()}, one thread, tcp mode, splice-auto`]
      : []),
    `${nginxVersion()}, one process: stream, and the real servers`,
    ...(has('pen') ? ['pen, without client tracking'] : []),
    `${cpus().length} x ${processor?.model ?? 'unknown processor'}, Linux ${release()}, loopback only`,
    `load average of the machine ${before.toFixed(2)} before, ${after.toFixed(2)} after: ${cpus().length} processors are shared by the
  load, the servers, the subject and whatever else ran`,
  ];
  return lines.map((line) => `- ${line}\n`).join('');
}

/** First line that it prints. */
export function version(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' }).split('\n')[0] ?? '';
}

/** `nginx/1.22.1` */
export function nginxVersion(): string {
  // nginx says its version on stderr only.
  const script = `${PROGRAMS.nginx.path} -v 2>&1`;
  return version('/bin/sh', ['-c', script]).replace('nginx version: ', '');
}

/** `HAProxy version 2.6.12-1` */
export function haproxyVersion(): string {
  return version(PROGRAMS.haproxy.path, ['-v']).split(' 20')[0] ?? '';
}
