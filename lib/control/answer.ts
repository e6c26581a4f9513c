import {
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { NotFound, NotPossible } from '../director/desk.ts';
import { reasonOf } from '../model/reason.ts';
import { within } from '../model/within.ts';
import { readJson } from './api/body.ts';
import type { Clients } from './clients.ts';
import {
  type Answer,
  type Asker,
  type Found,
  findRoute,
  type Refusal,
  RequestRefused,
  type Route,
  refusalBody,
  refused,
  splitUrl,
} from './routes.ts';

/** Within the silence that a client is allowed. */
const ANSWER_MS = 8_000;
const NAME_MS = 3_000;

/** What Node's parser finds wrong with a request, by its code; all else is 400. */
const PARSE_ERRORS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, message: 'the headers are longer than 8 KiB' },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    message: 'the request did not end within 10 s',
  },
};
const NO_HTTP: Refusal = { status: 400, message: 'this is no HTTP request' };

export interface AnswerOptions {
  readonly routes: readonly Route[];
  readonly clients: Clients;
  readonly asker: (client: Socket) => Asker;
}

/** Answers a client's one request by the table of routes and closes; one who sends a second
 *  behind it is dropped. So nobody holds a connection or queues requests on it. A body is read
 *  where the route takes one, and never kept. */
export function answerRequests(server: Server, options: AnswerOptions): void {
  const { routes, clients } = options;
  const asked = new WeakSet<Socket>();
  server.on('request', (request, response) => {
    const { socket } = request;
    const first = !asked.has(socket) && clients.serve(socket);
    asked.add(socket);
    if (first) void answer(options, request, response);
    else socket.destroy();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const refusal = PARSE_ERRORS[error.code ?? ''] ?? NO_HTTP;
    refuseRaw(socket, refusal.status, refusalBody(routes, refusal));
  });
}

async function answer(
  options: AnswerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const found = findRoute(options.routes, request.method ?? '', request.url ?? '');
    const answer = await answerOf(options, found, request);
    if (!Buffer.isBuffer(answer))
      return stream(options.clients, request, response, answer);
    const headers = { 'content-type': found.route.type };
    send(options.clients, request, response, { status: 200, headers, body: answer });
  } catch (error) {
    if (response.headersSent) return void response.destroy();
    const refusal = refusalOf(error);
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      ...(refusal.allow === undefined ? {} : { allow: refusal.allow }),
    };
    const body = refusalBody(options.routes, refusal);
    const { status } = refusal;
    send(options.clients, request, response, { status, headers, body });
  }
}

async function answerOf(
  { clients, asker }: AnswerOptions,
  { route, ids }: Found,
  request: IncomingMessage,
): Promise<Answer> {
  const changes = route.method !== 'GET';
  const { mayChange, name } = asker(request.socket);
  if (changes && !mayChange)
    throw refused(403, 'this socket is read-only: it answers, and changes nothing');
  const body = route.body && (await bodyOf(request, clients));
  const by = () => within(NAME_MS, name(), () => 'unknown');
  if (route.waits && !clients.hold(request.socket, 'waiter'))
    throw refused(503, 'too many wait for an answer already');
  const header = (name: string) => request.headers[name]?.toString();
  const { query } = splitUrl(request.url ?? '');
  const answer = route.handler({ ids, query, body, header, by });
  if (!route.waits) return within(ANSWER_MS, answer, late);
  return answer.finally(() => clients.release(request.socket));
}

/** Who has not said all yet is dropped when others need the room. */
async function bodyOf(request: IncomingMessage, clients: Clients): Promise<unknown> {
  clients.rest(request.socket);
  const body = await readJson(request);
  if (clients.serve(request.socket)) return body;
  throw new Error('the client has been dropped');
}

function late(): Promise<never> {
  const seconds = ANSWER_MS / 1000;
  return Promise.reject(new Error(`no answer from the director within ${seconds} s`));
}

/** In which way it could not be answered. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof RequestRefused) return error.refusal;
  const message = reasonOf(error);
  if (error instanceof NotFound) return { status: 404, message };
  if (error instanceof NotPossible) return { status: 409, message };
  return { status: 503, message };
}

const CLOSING = { 'cache-control': 'no-store', connection: 'close' };

interface Whole {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function send(
  clients: Clients,
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Whole,
): void {
  if (response.destroyed) return; // the client has gone
  response.writeHead(status, {
    ...headers,
    ...CLOSING,
    'content-length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  clients.sent(request.socket);
}

function stream(
  clients: Clients,
  request: IncomingMessage,
  response: ServerResponse,
  { type, begin }: Exclude<Answer, Buffer>,
): void {
  if (response.destroyed) return;
  const only = request.method === 'HEAD';
  if (!only && !clients.hold(request.socket, 'follower'))
    throw refused(503, 'too many follow the events already');
  response.writeHead(200, { ...CLOSING, 'content-type': type });
  if (only) response.end();
  else begin(response);
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
