import { existsSync } from 'node:fs';

/** Programs from Debian that the benchmark uses. Without nginx there are no real servers, without
 *  wrk no small requests; a missing peer is left out. */
export const PROGRAMS = {
  nginx: { path: '/usr/sbin/nginx', package: 'nginx-light' },
  stream: {
    path: '/usr/lib/nginx/modules/ngx_stream_module.so',
    package: 'libnginx-mod-stream',
  },
  haproxy: { path: '/usr/sbin/haproxy', package: 'haproxy' },
  wrk: { path: '/usr/bin/wrk', package: 'wrk' },
} as const satisfies Record<string, { path: string; package: string }>;

export type Program = keyof typeof PROGRAMS;

export function has(program: Program): boolean {
  return existsSync(PROGRAMS[program].path);
}

/** `without haproxy, wrk: apt-get install haproxy wrk`; undefined: nothing is missing. */
export function missing(): string | undefined {
  const names = (Object.keys(PROGRAMS) as Program[]).filter((name) => !has(name));
  if (names.length === 0) return undefined;
  const packages = names.map((name) => PROGRAMS[name].package);
  return `without ${names.join(', ')}: apt-get install ${packages.join(' ')}`;
}
