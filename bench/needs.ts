import { existsSync } from 'node:fs';

/** Programs from Debian that the benchmark uses. Without nginx there are no real servers; what
 *  else is missing leaves out a row or a peer, by name. */
export const PROGRAMS = {
  nginx: { path: '/usr/sbin/nginx', package: 'nginx-light' },
  stream: {
    path: '/usr/lib/nginx/modules/ngx_stream_module.so',
    package: 'libnginx-mod-stream',
  },
  haproxy: { path: '/usr/sbin/haproxy', package: 'haproxy' },
  pen: { path: '/usr/bin/pen', package: 'pen' },
  wrk: { path: '/usr/bin/wrk', package: 'wrk' },
  ip: { path: '/usr/bin/ip', package: 'iproute2' },
  nft: { path: '/usr/sbin/nft', package: 'nftables' },
  strace: { path: '/usr/bin/strace', package: 'strace' },
  conntrack: { path: '/usr/sbin/conntrack', package: 'conntrack' },
} as const satisfies Record<string, { path: string; package: string }>;

export type Program = keyof typeof PROGRAMS;

export function has(program: Program): boolean {
  return existsSync(PROGRAMS[program].path);
}

/** What would bring the programs that are missing: `apt-get install pen`; undefined: all there. */
export function lacks(...programs: readonly Program[]): string | undefined {
  const packages = programs
    .filter((program) => !has(program))
    .map((program) => PROGRAMS[program].package);
  return packages.length === 0 ? undefined : `apt-get install ${packages.join(' ')}`;
}
