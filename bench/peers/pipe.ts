/* The proxy that anybody would write first: two sockets and two pipes, with half-close, and an
   error on one ends the other. No checks, no accounting, no limits. */
import { connect, createServer, type Socket } from 'node:net';
import type { Place } from '../place.ts';
import { readTask } from './task.ts';

const { services, reals } = readTask();
const OPTIONS = { allowHalfOpen: true, noDelay: true };
let next = 0;

function turn(): Place {
  const real = reals[next++ % reals.length];
  if (!real) throw new Error('no real server');
  return real;
}

function carry(client: Socket): void {
  const server = connect({ ...turn(), ...OPTIONS });
  client.pipe(server).pipe(client);
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
}

for (const { host, port } of services)
  createServer(OPTIONS, carry).listen({ host, port, backlog: 4096 });
