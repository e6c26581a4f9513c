import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
} from 'node:net';
import type { Test } from 'tap';
import type { Message } from '../../lib/alerts/message.ts';
import type { KeyPair } from './certificates.ts';
import { until } from './site.ts';

/** What a receiver was posted. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly message: Message;
  /** On the monotonic clock of the test. */
  readonly at: number;
}

export interface TestReceiver {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** Connections so far. */
  readonly connections: () => number;
  /** Waits for so many. */
  got(count: number): Promise<readonly Received[]>;
  close(): void;
}

type Reply = (
  response: ServerResponse,
  count: number,
  request: IncomingMessage,
) => void;

/** A web server on loopback that keeps what it is posted.
 *  @param reply  default: 204 */
export async function startReceiver(
  t: Test,
  reply: Reply = (response) => response.writeHead(204).end(),
  { tls, port = 0 }: { readonly tls?: KeyPair; readonly port?: number } = {},
): Promise<TestReceiver> {
  const received: Received[] = [];
  let connections = 0;
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url: path = '', headers } = request;
    const body = Buffer.concat(chunks);
    const message = JSON.parse(body.toString()) as Message;
    received.push({ method, path, headers, body, message, at: performance.now() });
    reply(response, received.length, request);
  };
  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void take(request, response).catch(() => {});
  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  server.on('connection', () => connections++);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  t.teardown(close);
  const own = (server.address() as AddressInfo).port;
  return {
    url: `http${tls ? 's' : ''}://127.0.0.1:${own}/hook?a=b`,
    port: own,
    received,
    connections: () => connections,
    async got(count) {
      await until(() => received.length >= count, `${count} messages`);
      return received;
    },
    close,
  };
}

/** A server on loopback that does with each connection what it is told to. @returns its URL */
export async function startRude(
  t: Test,
  treat: (socket: Socket) => void,
): Promise<{ readonly url: string; readonly open: () => number }> {
  const held = new Set<Socket>();
  const server = createTcpServer((socket) => {
    held.add(socket.on('error', () => {}));
    socket.on('close', () => held.delete(socket));
    treat(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of held) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, open: () => held.size };
}
