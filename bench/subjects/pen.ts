import { lacks, PROGRAMS } from '../needs.ts';
import type { Kind } from './subject.ts';

/** pen, which has one service a process; without client tracking, so that it goes round-robin. */
export const pen: Kind = {
  lacks: () => lacks('pen'),
  manyServices: false,
  command: ({ services, reals, connections }) => {
    const [{ host, port } = { host: '', port: 0 }] = services;
    return [
      ...[PROGRAMS.pen.path, '-f', '-r', '-O', 'tcp_nodelay', '-q', '4096'],
      ...['-c', String(connections), '-x', String(connections)],
      `${host}:${port}`,
      ...reals.map((real) => `${real.host}:${real.port}`),
    ];
  },
};
