/* A process of its own for measurements: a real server that answers with what it is sent, and
   clients that come at a steady rate. Speaks to its parent by messages. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Connect to `port` at this rate for this long. */
export interface TrafficOrder {
  readonly port: number;
  readonly perSecond: number;
  readonly seconds: number;
}

export interface TrafficReport {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly served: number;
  readonly failed: number;
}

/** Connect, send, get it back, close. @returns milliseconds */
async function exchange(port: number): Promise<number> {
  const begin = performance.now();
  const client = connect(port, '127.0.0.1');
  client.setNoDelay(true);
  client.end('hello');
  let text = '';
  for await (const chunk of client) text += chunk;
  if (text !== 'hello') throw new Error(`got ${JSON.stringify(text)}`);
  return performance.now() - begin;
}

async function measure({
  port,
  perSecond,
  seconds,
}: TrafficOrder): Promise<TrafficReport> {
  const begin = performance.now();
  const running: Promise<number>[] = [];
  for (let i = 0; i < perSecond * seconds; i++) {
    const wait = begin + (i * 1000) / perSecond - performance.now();
    if (wait > 0) await delay(wait);
    running.push(exchange(port));
  }
  const settled = await Promise.allSettled(running);
  const times = settled
    .flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    .sort((a, b) => a - b);
  const at = (share: number) =>
    times[Math.floor(times.length * share)] ?? Number.POSITIVE_INFINITY;
  return {
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    served: times.length,
    failed: settled.length - times.length,
  };
}

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.pipe(socket);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
process.on('message', (order: TrafficOrder) => {
  void measure(order).then((report) => process.send?.(report));
});
process.on('disconnect', () => process.exit());
process.send?.(server.address());
