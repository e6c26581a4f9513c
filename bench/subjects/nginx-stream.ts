import { lacks, PROGRAMS } from '../needs.ts';
import { nginx } from '../nginx.ts';
import type { Kind } from './subject.ts';

/** The stream module of nginx, in one process. */
export const nginxStream: Kind = {
  lacks: () => lacks('nginx', 'stream'),
  manyServices: true,
  command: ({ folder, services, reals, connections, datagrams }) => {
    const servers = reals.map(({ host, port }) => `server ${host}:${port};`);
    const listens = services.map(({ host, port }) =>
      datagrams
        ? `server { listen ${host}:${port} udp; proxy_responses 1; proxy_pass reals; }`
        : `server { listen ${host}:${port} backlog=4096; proxy_pass reals; }`,
    );
    return nginx(
      folder,
      [PROGRAMS.stream.path],
      2 * connections + services.length + 100,
      `stream {
  tcp_nodelay on;
  proxy_timeout 1h;
  upstream reals { ${servers.join(' ')} }
  ${listens.join('\n  ')}
}`,
    );
  },
};
