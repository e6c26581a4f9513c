import { closeSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nginx } from './nginx.ts';
import type { Place } from './place.ts';

/** The command of one nginx process that is all real servers of a stage: `/small` of 128 bytes,
 *  `/big`, and `/sink`, which takes a POST of any size. Connections may idle for an hour.
 *  @param connections  most at once
 *  @param megabytes    of `/big` */
export function realServers(
  folder: string,
  reals: readonly Place[],
  connections: number,
  megabytes: number,
): readonly string[] {
  writeFileSync(join(folder, 'small'), `${'x'.repeat(127)}\n`);
  const big = openSync(join(folder, 'big'), 'w');
  ftruncateSync(big, megabytes * 1e6);
  closeSync(big);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((what) => `${what}_temp_path ${join(folder, 'temporary')};`)
    .join('\n  ');
  const listens = reals.map(({ host, port }) => `listen ${host}:${port} backlog=4096;`);
  return nginx(
    folder,
    [],
    connections + reals.length + 100,
    `http {
  access_log off;
  sendfile on;
  tcp_nodelay on;
  keepalive_requests 100000000;
  keepalive_timeout 1h;
  client_header_timeout 1h;
  client_max_body_size 0;
  ${temporary}
  server {
    ${listens.join('\n    ')}
    root ${folder};
    location = /sink { return 200 "taken\\n"; }
  }
}`,
  );
}
