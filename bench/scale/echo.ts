/* The real servers of the bench, as a process of its own: sends back what comes, at every address
   of the loopback network. Its parent starts and ends it. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Heard } from './protocol.ts';

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.pipe(socket);
});
server.listen({ host: '0.0.0.0', port: 0, backlog: 4096 });
await once(server, 'listening');
process.on('disconnect', () => process.exit());
const { port } = server.address() as AddressInfo;
process.send?.({ kind: 'port', port } satisfies Heard);
