/* The real servers of the bench, as a process of its own: accepts at every address of the loopback
   network and drops the connection. Its parent starts and ends it. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { latenessOf, offGrid } from './lateness.ts';
import type { Asked, Heard } from './protocol.ts';

const [portCount = '4', intervalMs = '10000'] = process.argv.slice(2);
const arrivals = new Map<string, number[]>();
let watching = false;

async function listen(): Promise<number> {
  const server = createServer((socket) => {
    if (watching) note(`${socket.localAddress}:${socket.localPort}`);
    // Nobody reads, so nobody else would hear of a reset.
    socket.on('error', () => {});
    socket.destroy();
  });
  server.listen({ host: '0.0.0.0', port: 0, backlog: 4096 });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function note(server: string): void {
  const times = arrivals.get(server);
  if (times) times.push(performance.now());
  else arrivals.set(server, [performance.now()]);
}

function tell(heard: Heard): void {
  process.send?.(heard);
}

process.on('message', (asked: Asked) => {
  watching = asked === 'watch';
  if (watching) {
    arrivals.clear();
    return;
  }
  const late = [...arrivals.values()].flatMap((times) =>
    offGrid(times, Number(intervalMs)),
  );
  tell({ kind: 'lateness', servers: arrivals.size, lateness: latenessOf(late) });
});
process.on('disconnect', () => process.exit());
tell({
  kind: 'ports',
  ports: await Promise.all(Array.from({ length: Number(portCount) }, listen)),
});
