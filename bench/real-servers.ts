import { closeSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child } from './child.ts';
import { nginx } from './nginx.ts';

/** Where requests go, directly or through somebody. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

const HOSTS = ['127.0.0.2', '127.0.0.3'] as const;

/** Two real servers on loopback: `/small` of 128 bytes, `/big`, and `/sink`, which takes a POST of
 *  any size. One nginx process serves both addresses.
 *  @param port  free at all addresses
 *  @param megabytes  of `/big`
 *  @param own  takes the process as soon as it runs */
export async function startRealServers(
  folder: string,
  port: number,
  megabytes: number,
  own: (child: Child) => void,
): Promise<readonly Place[]> {
  writeFileSync(join(folder, 'small'), `${'x'.repeat(127)}\n`);
  const big = openSync(join(folder, 'big'), 'w');
  ftruncateSync(big, megabytes * 1e6);
  closeSync(big);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((what) => `${what}_temp_path ${join(folder, 'temporary')};`)
    .join('\n  ');
  const child = nginx(
    'real-servers',
    folder,
    [],
    `http {
  access_log off;
  sendfile on;
  tcp_nodelay on;
  keepalive_requests 100000000;
  client_max_body_size 0;
  ${temporary}
  server {
    ${HOSTS.map((host) => `listen ${host}:${port} backlog=4096;`).join(' ')}
    root ${folder};
    location = /sink { return 200 "taken\\n"; }
  }
}`,
  );
  own(child);
  const places = HOSTS.map((host) => ({ host, port }));
  await Promise.all(places.map((place) => child.listening(place.host, place.port)));
  return places;
}
