/* A process of its own that abuses a Unix socket while it is told to: a thousand idle clients that
   come back, half requests, and rubbish by the megabyte. Speaks to its parent by messages. */
import { connect, type Socket } from 'node:net';

/** A path: begin; empty: end. Each is answered with the number of connections made so far. */
export type AbuseOrder = string;

const IDLE = 1_000;
const HALF = 50;
const RUBBISH = Buffer.alloc(1 << 20, 'GET /\u0001 rubbish \r\n');
const RUBBISH_EVERY_MS = 100;
const BACK_AFTER_MS = { least: 1_000, spread: 2_000 };

const open = new Set<Socket>();
let path: AbuseOrder = '';
let made = 0;
let rubbish: NodeJS.Timeout | undefined;

function client(first: string | Buffer, comesBack: boolean): void {
  if (path === '') return;
  const socket = connect({ path });
  made++;
  open.add(socket);
  socket.on('error', () => undefined);
  socket.resume();
  socket.on('close', () => {
    open.delete(socket);
    const wait = BACK_AFTER_MS.least + Math.random() * BACK_AFTER_MS.spread;
    if (comesBack) setTimeout(() => client(first, true), wait);
  });
  if (first.length > 0) socket.write(first);
}

function begin(): void {
  for (let i = 0; i < IDLE; i++) client('', true);
  for (let i = 0; i < HALF; i++) client('GET /v1/status HTTP/1.1\r\nHos', true);
  rubbish = setInterval(() => client(RUBBISH, false), RUBBISH_EVERY_MS);
}

function end(): void {
  clearInterval(rubbish);
  for (const socket of open) socket.destroy();
}

process.on('message', (order: AbuseOrder) => {
  path = order;
  if (path === '') end();
  else begin();
  setImmediate(() => process.send?.(made));
});
process.on('disconnect', () => process.exit());
