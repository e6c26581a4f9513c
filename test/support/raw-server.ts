import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Test } from 'tap';

/** A server of the test's own making. */
export interface RawServer {
  readonly port: number;
  /** Everything received so far, latin1, connection by connection. */
  readonly received: readonly string[];
  /** Connections accepted so far, and those open now. */
  readonly accepted: number;
  readonly open: number;
  /** Resolves when one or more came and none is open any more. */
  idle(): Promise<void>;
}

/** Listens on loopback until the test ends; `serve` gets every connection. */
export async function rawServer(
  t: Pick<Test, 'teardown'>,
  serve: (socket: Socket, index: number) => void,
  server: Server = createServer({ allowHalfOpen: true }),
  event = 'connection',
  anyAddress = false,
): Promise<RawServer> {
  const received: string[] = [];
  const open = new Set<Socket>();
  const waiting = new Set<() => void>();
  server.on(event, (socket: Socket) => {
    const index = received.push('') - 1;
    open.add(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      received[index] += bytes.toString('latin1');
    });
    // The other side is gone for good: a half-open socket would stay.
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      open.delete(socket);
      if (open.size === 0) for (const done of waiting) done();
    });
    serve(socket, index);
  });
  server.listen(0, anyAddress ? '0.0.0.0' : '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    received,
    get accepted() {
      return received.length;
    },
    get open() {
      return open.size;
    },
    async idle() {
      if (open.size > 0 || received.length === 0)
        await new Promise<void>((resolve) => waiting.add(resolve));
    },
  };
}

/** Answers every connection's first bytes with these, then ends it. */
export function saying(answer: string | Buffer): (socket: Socket) => void {
  return (socket) => socket.once('data', () => socket.end(answer));
}
