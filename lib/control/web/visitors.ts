import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';

const MOST = 200;
/** So long a request is looked into, and its answer read, undisturbed. */
const ASKING_MS = 10_000;

interface Visitor {
  readonly socket: Pick<Socket, 'destroy' | 'destroyed'>;
  /** What it asks for at the moment. */
  asks: IncomingMessage | undefined;
  /** On the monotonic clock: until then it is not dropped to make room. */
  safeUntil: number;
}

/** Those who are connected to the page, be it in the handshake of TLS still. */
export interface Visitors {
  /** It stays as long as it likes: how many do so is the caller's to bound. */
  stay(request: IncomingMessage): void;
  /** Drops all at once. */
  drop(): void;
}

/** Keeps them few: one too many drops the oldest that has no request to be answered, so that idle and slow
 *  ones keep nobody out. Who asks for more before it has its answer is dropped, as no browser does so: its
 *  connection is destroyed when the other listeners of the request hear of it. */
export function boundVisitors(server: Server | TlsServer): Visitors {
  /** In the order they came, by their place: TLS has a socket of its own above the one that came. */
  const visitors = new Map<string, Visitor>();

  server.on('connection', (socket: Socket) => {
    if (visitors.size >= MOST) (oldestIdle(visitors) ?? socket).destroy();
    if (socket.destroyed) return;
    const place = placeOf(socket);
    const visitor = { socket, asks: undefined, safeUntil: 0 };
    visitors.set(place, visitor);
    socket.on('close', () => {
      if (visitors.get(place) === visitor) visitors.delete(place);
    });
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const visitor = visitors.get(placeOf(request.socket));
    if (!visitor) return;
    if (visitor.asks) return void request.socket.destroy();
    visitor.asks = request;
    visitor.safeUntil = performance.now() + ASKING_MS;
    response.on('close', () => {
      if (visitor.asks === request) visitor.asks = undefined;
    });
  });
  return {
    stay(request) {
      const visitor = visitors.get(placeOf(request.socket));
      if (visitor) visitor.safeUntil = Number.POSITIVE_INFINITY;
    },
    drop() {
      for (const { socket } of visitors.values()) socket.destroy();
    },
  };
}

/** One whose request has not come whole does not count as asking. */
function oldestIdle(
  visitors: ReadonlyMap<string, Visitor>,
): Visitor['socket'] | undefined {
  const now = performance.now();
  for (const { socket, asks, safeUntil } of visitors.values())
    if (!socket.destroyed && !(asks?.complete && safeUntil > now)) return socket;
  return undefined;
}

function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
