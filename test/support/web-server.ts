import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket, createServer as tcpServer } from 'node:net';
import type { Test } from 'tap';
import { triedPort } from './tried-port.ts';

/** A web server on 127.0.0.1 whose page the test sets. */
export interface WebServer {
  /** `127.0.0.1:PORT`. */
  readonly place: string;
  page: string;
  /** Drips a body that never ends by itself, for paths that start with `/slow`. */
  finish(): void;
  close(): Promise<void>;
  /** Listens again on its port. */
  open(): Promise<void>;
}

export async function aWebServer(t: Test, page: string): Promise<WebServer> {
  const slow = new Set<() => void>();
  const server = createServer((request, response) => {
    response.setHeader('connection', 'close');
    if (!request.url?.startsWith('/slow')) response.end(web.page);
    else {
      response.write('begin ');
      slow.add(() => response.end('end'));
    }
  });
  // Nobody gets it while the server is closed.
  const port = await triedPort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const web: WebServer = {
    place: `127.0.0.1:${port}`,
    page,
    finish() {
      for (const end of slow) end();
      slow.clear();
    },
    async close() {
      server.close();
      await once(server, 'close');
    },
    async open() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return web;
}

/** A loopback address of its own and a port that was free just now: for a virtual service. */
export async function aFreePlace(): Promise<{ address: string; port: number }> {
  const address = `127.${1 + random(250)}.${random(250)}.${1 + random(250)}`;
  const server = tcpServer();
  server.listen(0, address);
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return { address, port };
}

/** A client's connection, read to its end. */
export interface Exchange {
  readonly socket: Socket;
  /** The first bytes are here. */
  readonly begun: Promise<void>;
  /** All that came; rejects when the connection was reset or refused. */
  readonly text: Promise<string>;
}

/** Sends one request over a connection of its own. */
export function request(to: { address: string; port: number }, path = '/'): Exchange {
  const socket = connect(to.port, to.address);
  socket.setEncoding('latin1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n`);
  const begun = once(socket, 'data').then(() => {});
  begun.catch(() => {});
  const text = (async () => {
    let all = '';
    for await (const chunk of socket) all += String(chunk);
    return all;
  })();
  text.catch(() => {});
  return { socket, begun, text };
}

/** The page that a client gets; an error's code where it gets none. */
export async function fetchPage(to: {
  address: string;
  port: number;
}): Promise<string> {
  try {
    const text = await request(to).text;
    return text.slice(text.indexOf('\r\n\r\n') + 4);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'error';
  }
}

function portOf(server: Pick<Server, 'address'>): number {
  const at = server.address();
  return typeof at === 'object' && at ? at.port : 0;
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}
