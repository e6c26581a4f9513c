import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lacks, PROGRAMS } from '../needs.ts';
import type { Kind, Setup } from './subject.ts';

/** HAProxy in tcp mode, splicing when it thinks that good. */
export function haproxy(threads: number): Kind {
  return {
    lacks: () => lacks('haproxy'),
    manyServices: true,
    command: (setup) => {
      const config = join(setup.folder, 'haproxy.cfg');
      writeFileSync(config, configuration(setup, threads));
      return [PROGRAMS.haproxy.path, '-db', '-f', config];
    },
  };
}

function configuration(
  { services, reals, connections }: Setup,
  threads: number,
): string {
  const servers = reals
    .map(({ host, port }, n) => `  server s${n} ${host}:${port}\n`)
    .join('');
  const listens = services.map(
    ({ host, port }, n) => `listen service${n}
  bind ${host}:${port} backlog 4096
  balance roundrobin
${servers}`,
  );
  return `global
  nbthread ${threads}
  maxconn ${connections}
defaults
  mode tcp
  option splice-auto
  maxconn ${connections}
  timeout connect 3s
  timeout client 1h
  timeout server 1h
${listens.join('')}`;
}
