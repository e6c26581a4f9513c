import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { now } from './traffic.ts';

const MANY = Buffer.alloc(1_000_000, 'x');
const GIGABYTE = 2 ** 30;
/** What a backtracking `^(a+)+$` looks at in more ways than it can. */
const BOMB = `${'a'.repeat(5000)}!`;

/** When a check has asked: who asks for /check is one. */
const checked: number[] = [];

/** Lines that are orders. */
const WISHES: Readonly<Record<string, (socket: Socket) => void>> = {
  'flood\n': (socket) => {
    for (let part = 0; part < 10; part++) socket.write(MANY);
  },
  'break\n': (socket) => {
    socket.resetAndDestroy();
  },
  'flood and break\n': (socket) => {
    socket.write(MANY, () => socket.resetAndDestroy());
  },
};

/** How a real server of the lab treats a connection. */
const WAYS = {
  /** A request of HTTP is answered with the server's name, a line with the name and the line; but what
   *  is asked for in {@link WISHES}. */
  well: (socket: Socket, name: string) => {
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      const wish = WISHES[text];
      if (wish) wish(socket);
      else if (text.startsWith('GET ')) {
        if (text.startsWith('GET /check ')) checked.push(now());
        socket.end(page(name));
      } else if (text.endsWith('\n')) socket.write(`${name} ${text}`);
    });
  },
  /** It takes what comes and says nothing. */
  silent: (socket: Socket) => {
    socket.resume();
  },
  /** It takes the connection and breaks it. */
  resets: (socket: Socket) => {
    socket.resetAndDestroy();
  },
  /** Words without an end, as fast as they are taken. */
  endless: (socket: Socket) => {
    pour(socket, Number.POSITIVE_INFINITY);
  },
  /** A greeting without an end, in lines that go on. */
  'greets without end': (socket: Socket) => {
    pour(socket, Number.POSITIVE_INFINITY, `220-${'x'.repeat(96)}\r\n`);
  },
  /** A header of 1 GB. */
  'has a huge header': (socket: Socket) => {
    socket.write('HTTP/1.0 200 OK\r\nX-Much: ');
    pour(socket, GIGABYTE);
  },
  /** A page that some patterns take for ever to match. */
  'is a bomb': (socket: Socket) => {
    socket.once('data', () => socket.end(page(BOMB)));
  },
  /** A byte a second of an answer that begins well. */
  drips: (socket: Socket) => {
    socket.resume();
    const dripping = setInterval(() => socket.write('H'), 1000);
    socket.on('close', () => clearInterval(dripping));
  },
} as const;

function page(text: string): string {
  return `HTTP/1.0 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
}

/** So many bytes, or a piece more, as fast as they are taken. */
function pour(socket: Socket, bytes: number, piece = 'x'): void {
  const words = piece.repeat(Math.ceil(65_536 / piece.length));
  let left = bytes;
  const more = () => {
    let taken = true;
    while (taken && left > 0 && !socket.destroyed) {
      taken = socket.write(words);
      left -= words.length;
    }
  };
  socket.resume().on('drain', more);
  more();
}

export type Way = keyof typeof WAYS | 'refuses';

let way: Way = 'well';
let server: Server | undefined;
let place: { readonly port: number; readonly name: string } | undefined;
const open = new Set<Socket>();
/** Connections that it has treated so. */
let treated = 0;

/** A TCP server on that port of every address of the host, which behaves well until told otherwise. */
export async function serve(port: number, name: string): Promise<void> {
  place = { port, name };
  server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    treated++;
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('close', () => open.delete(socket));
    if (way !== 'refuses') WAYS[way](socket, name);
  });
  server.listen(port, '::', 4096);
  await once(server, 'listening');
}

/** How it treats connections from now on; those that are open go on as they began. */
export async function behave(how: Way): Promise<void> {
  const was = way;
  way = how;
  treated = 0;
  if (how === 'refuses') {
    server?.close();
    server = undefined;
  } else if (was === 'refuses' && place) await serve(place.port, place.name);
}

/** How many have come since it behaves as it does. */
export async function met(): Promise<number> {
  return treated;
}

/** Connections that are open there. */
export async function opened(): Promise<number> {
  return open.size;
}

/** The longest that no check came, in milliseconds, from the last one before that moment until now. */
export async function longestCheckGap(from: number): Promise<number> {
  const begin = Math.max(
    checked.findLastIndex((at) => at < from),
    0,
  );
  const times = [...checked.slice(begin), now()];
  return times.reduce(
    (most, at, place) => Math.max(most, at - (times[place - 1] ?? at)),
    0,
  );
}
