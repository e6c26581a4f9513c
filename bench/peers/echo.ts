/* All real servers of DNS in one process: each answers a datagram with the same. */
import { createSocket } from 'node:dgram';
import { readTask } from './task.ts';

for (const { host, port } of readTask().reals) {
  const socket = createSocket('udp4');
  socket.on('message', (datagram, from) =>
    socket.send(datagram, from.port, from.address),
  );
  socket.bind(port, host);
}
