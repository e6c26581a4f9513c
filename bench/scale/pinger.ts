/* A client, as a process of its own: a byte over one kept connection, and a millisecond after it
   has come back the next. Asked for it, it tells how long the round trips took. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Heard } from './protocol.ts';

const EVERY_MS = 1;
const [host = '', port = ''] = process.argv.slice(2);
let trips: number[] = [];
/** Of the one that is on its way. */
let sentAt: number | undefined;

function tell(heard: Heard): void {
  process.send?.(heard);
}

const socket = connect({ host, port: Number(port), noDelay: true });
await once(socket, 'connect');

function ping(): void {
  sentAt = performance.now();
  socket.write('.');
}

function sinceSent(): readonly number[] {
  return sentAt === undefined ? [] : [performance.now() - sentAt];
}

socket.on('data', () => {
  trips.push(...sinceSent());
  sentAt = undefined;
  setTimeout(ping, EVERY_MS);
});
process.on('message', () => {
  // One that is on its way counts too: it may be the long one.
  const sorted = [...trips, ...sinceSent()].sort((a, b) => a - b);
  trips = [];
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  const longest = sorted.at(-1) ?? 0;
  tell({ kind: 'trips', trips: { count: sorted.length, p99, longest } });
});
process.on('disconnect', () => process.exit());
ping();
tell({ kind: 'connected' });
