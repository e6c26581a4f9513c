import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LATE_MS = 30_000;
const MANY = Buffer.alloc(1_000_000, 'x');

/** How a client treats one connection; settles with `ok`, or what it met instead of what it expects. The
 *  server is one that behaves well (`behaving.ts`). */
const MANNERS = {
  /** It asks, is answered, and ends first. */
  'ends first': async (socket: Socket) => {
    socket.write('one line\n');
    const answer = await heard(socket, /one line\n$/);
    socket.end();
    return (await over(socket)) === 'closed' ? answer : 'not ended';
  },
  /** The server ends first. */
  'is ended': async (socket: Socket) => {
    socket.write('GET / HTTP/1.0\r\n\r\n');
    const answer = await heard(socket, /\r\n\r\nweb\d$/);
    return (await over(socket)) === 'closed' ? answer : 'not ended';
  },
  /** It has ended before the answer comes, and hears it. */
  'ends and listens': async (socket: Socket) => {
    socket.end('GET / HTTP/1.0\r\n\r\n');
    const answer = await heard(socket, /\r\n\r\nweb\d$/);
    return (await over(socket)) === 'closed' ? answer : 'not ended';
  },
  resets: async (socket: Socket) => {
    socket.write('one line\n');
    const answer = await heard(socket, /one line\n$/);
    socket.resetAndDestroy();
    return answer;
  },
  'resets with data queued': async (socket: Socket) => {
    socket.write(MANY);
    await sleep(1);
    socket.resetAndDestroy();
    return 'ok';
  },
  'is reset': async (socket: Socket) => {
    socket.write('break\n');
    const how = await over(socket);
    return how === 'ECONNRESET' ? 'ok' : how;
  },
  'is reset behind data': async (socket: Socket) => {
    socket.resume().write('flood and break\n');
    const how = await over(socket);
    return how === 'ECONNRESET' ? 'ok' : how;
  },
  leaves: async (socket: Socket) => {
    socket.destroy();
    return 'ok';
  },
} as const satisfies Record<string, (socket: Socket) => Promise<string>>;

export type Manner = keyof typeof MANNERS;
export const MANNER_NAMES = Object.keys(MANNERS) as readonly Manner[];

/** So many connections, one after the other in each of `atOnce` lanes.
 *  @returns what else than `ok` they met */
export async function treat(
  manner: Manner,
  host: string,
  port: number,
  count: number,
  atOnce: number,
): Promise<readonly string[]> {
  const problems: string[] = [];
  let begun = 0;
  const lane = async () => {
    while (begun < count) {
      begun++;
      const outcome = await once(manner, host, port);
      if (outcome !== 'ok') problems.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return problems;
}

async function once(manner: Manner, host: string, port: number): Promise<string> {
  const socket = await opened(host, port);
  if (typeof socket === 'string') return socket;
  const late = sleep(LATE_MS, 'late', { ref: false });
  const outcome = await Promise.race([MANNERS[manner](socket), late]);
  socket.destroy();
  return outcome;
}

const parked: Socket[] = [];

/** What those say who are there and do nothing that helps. */
const IDLERS = {
  /** They ask for much and do not read it. */
  stalled: (socket: Socket) => socket.pause().write('flood\n'),
  /** They ended their side, and wait for nothing. */
  'half-closed': (socket: Socket) => socket.pause().end('one line\n'),
  /** Half a line, and then a letter now and then. */
  slow: (socket: Socket) => {
    const saying = setInterval(() => socket.write('x'), 5000);
    socket.resume().on('close', () => clearInterval(saying));
    return socket.write('half a');
  },
} as const;

export type Idler = keyof typeof IDLERS;

/** So many clients that stay until {@link unpark}. @returns what those met who could not come */
export async function park(
  kind: Idler,
  host: string,
  port: number,
  count: number,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (let index = 0; index < count; index++) {
    const socket = await opened(host, port);
    if (typeof socket === 'string') problems.push(socket);
    else {
      IDLERS[kind](socket);
      parked.push(socket);
    }
  }
  return problems;
}

/** They leave. @returns how many had been thrown out before */
export async function unpark(): Promise<number> {
  const out = parked.filter(({ destroyed }) => destroyed).length;
  for (const socket of parked.splice(0)) socket.destroy();
  return out;
}

function opened(host: string, port: number): Promise<Socket | string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, allowHalfOpen: true });
    socket.once('connect', () => resolve(socket));
    socket.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      resolve(code ?? message),
    );
  });
}

async function heard(socket: Socket, wanted: RegExp): Promise<string> {
  let text = '';
  socket.setEncoding('latin1');
  return new Promise((resolve) => {
    socket.on('data', (piece: string) => {
      text += piece;
      if (wanted.test(text)) resolve('ok');
    });
    socket.on('close', () => resolve(`heard "${text}"`));
  });
}

/** How the other side's part ended: `closed`, or errno. A reset right behind data is an end to libuv:
 *  the first word that is said after it tells the two apart. */
function over(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const failed = ({ code, message }: NodeJS.ErrnoException) =>
      resolve(code ?? message);
    const ended = () => {
      if (socket.writable)
        socket.end('?', (error?: Error | null) => error || resolve('closed'));
      else resolve('closed');
    };
    socket.on('error', failed);
    if (socket.readableEnded) ended();
    else socket.resume().on('end', ended);
  });
}
