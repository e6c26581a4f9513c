import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

const MANY = Buffer.alloc(1_000_000, 'x');

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
      else if (text.startsWith('GET '))
        socket.end(`HTTP/1.0 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`);
      else if (text.endsWith('\n')) socket.write(`${name} ${text}`);
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
    const words = 'x'.repeat(65_536);
    const more = () => {
      while (!socket.destroyed && socket.write(words));
    };
    socket.resume().on('drain', more);
    more();
  },
  /** A byte a second of an answer that begins well. */
  drips: (socket: Socket) => {
    socket.resume();
    const dripping = setInterval(() => socket.write('H'), 1000);
    socket.on('close', () => clearInterval(dripping));
  },
} as const;

export type Way = keyof typeof WAYS | 'refuses';

let way: Way = 'well';
let server: Server | undefined;
let place: { readonly port: number; readonly name: string } | undefined;
const open = new Set<Socket>();

/** A TCP server on that port of every address of the host, which behaves well until told otherwise. */
export async function serve(port: number, name: string): Promise<void> {
  place = { port, name };
  server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
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
  if (how === 'refuses') {
    server?.close();
    server = undefined;
  } else if (was === 'refuses' && place) await serve(place.port, place.name);
}

/** Connections that are open there. */
export async function opened(): Promise<number> {
  return open.size;
}
