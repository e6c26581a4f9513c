/* A process of its own that abuses a Unix socket while it is told to: a thousand idle clients that
   come back, half requests, and rubbish by the megabyte. Speaks to its parent by messages. */
import { connect, type Socket } from 'node:net';
import { setPriority } from 'node:os';

export type AbuseOrder =
  | { readonly do: 'begin'; readonly path: string }
  | { readonly do: 'tell' | 'end' };

/** The answer to every order. */
export interface AbuseReport {
  /** Connections so far. */
  readonly made: number;
  /** Of them, idle or half: connected at this moment. */
  readonly open: number;
}

const IDLE = 1_000;
const HALF = 50;
const RUBBISH = Buffer.alloc(1 << 20, 'GET /\u0001 rubbish \r\n');
const RUBBISH_EVERY_MS = 100;
const BACK_AFTER_MS = { least: 1_000, spread: 2_000 };
/** The last in the queue for a processor: what this costs by itself is not what is measured. */
const NICE = 19;

const sockets = new Set<Socket>();
let path = '';
let made = 0;
let open = 0;
let rubbish: NodeJS.Timeout | undefined;

function client(): Socket {
  const socket = connect({ path });
  made++;
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
  return socket.resume();
}

/** Says so much, waits, and comes back when it is dropped. */
function stay(first: string): void {
  if (path === '') return;
  const socket = client();
  if (first !== '') socket.write(first);
  socket.once('connect', () => {
    open++;
    socket.once('close', () => open--);
  });
  socket.once('close', () => {
    const wait = BACK_AFTER_MS.least + Math.random() * BACK_AFTER_MS.spread;
    setTimeout(stay, wait, first);
  });
}

function begin(): void {
  for (let i = 0; i < IDLE; i++) stay('');
  for (let i = 0; i < HALF; i++) stay('GET /v1/status HTTP/1.1\r\nHos');
  rubbish = setInterval(() => client().write(RUBBISH), RUBBISH_EVERY_MS);
}

function end(): void {
  clearInterval(rubbish);
  for (const socket of sockets) socket.destroy();
}

setPriority(NICE);
process.on('message', (order: AbuseOrder) => {
  if (order.do !== 'tell') path = order.do === 'begin' ? order.path : '';
  if (order.do === 'begin') begin();
  if (order.do === 'end') end();
  setImmediate(() => process.send?.({ made, open } satisfies AbuseReport));
});
process.on('disconnect', () => process.exit());
