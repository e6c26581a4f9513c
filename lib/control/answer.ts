import {
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clients } from './clients.ts';
import {
  findRoute,
  type Refusal,
  type Route,
  refusalBody,
  splitUrl,
} from './routes.ts';

/** What Node's parser finds wrong with a request, by its code; all else is 400. */
const PARSE_ERRORS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, message: 'the headers are longer than 8 KiB' },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    message: 'the request did not end within 10 s',
  },
};
const NO_HTTP: Refusal = { status: 400, message: 'this is no HTTP request' };

/** Answers a client's one request by the table of routes and closes; one who sends a second
 *  behind it is dropped. So nobody holds a connection or queues requests on it. A request's
 *  body is never kept. */
export function answerRequests(
  server: Server,
  routes: readonly Route[],
  clients: Clients,
): void {
  server.on('request', (request, response) => {
    if (clients.serve(request.socket)) void answer(routes, request, response);
    else request.socket.destroy();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const refusal = PARSE_ERRORS[error.code ?? ''] ?? NO_HTTP;
    refuseRaw(socket, refusal.status, refusalBody(routes, refusal));
  });
}

async function answer(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '' } = request;
  const found = findRoute(routes, method, url);
  if (!('handler' in found)) return refuse(routes, request, response, found);
  try {
    const body = await found.handler(splitUrl(url).query);
    if (Buffer.isBuffer(body))
      send(request, response, 200, { 'content-type': found.type }, body);
    else refuse(routes, request, response, body);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    refuse(routes, request, response, { status: 503, message });
  }
}

function refuse(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
): void {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    ...(refusal.allow === undefined ? {} : { allow: refusal.allow }),
  };
  send(request, response, refusal.status, headers, refusalBody(routes, refusal));
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): void {
  response.writeHead(status, {
    ...headers,
    'content-length': body.length,
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** For what never became a request. */
function refuseRaw(socket: Duplex, status: number, body: Buffer): void {
  if (socket.destroyed || socket.writableEnded) return;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
