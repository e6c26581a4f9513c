import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { endpoint } from '../../lib/model/address.ts';

/** Where a real server is, as the config says. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/** A real server of the quickstart: a page with its name, one for the check, and a switch. */
export interface WebServer {
  readonly name: string;
  readonly place: Place;
  readonly running: boolean;
  /** @throws with code EADDRINUSE when another program holds the port */
  start(): Promise<void>;
  /** Clients and checks are refused from then on, as if it had died. */
  stop(): Promise<void>;
}

const AWAY_MS = 20_000;

export function createWebServer(name: string, place: Place): WebServer {
  let server: Server | undefined;
  let back: NodeJS.Timeout | undefined;

  async function start() {
    clearTimeout(back);
    if (server) return;
    const created = createServer((request, response) => {
      if (request.url === '/stop') setImmediate(() => void leave());
      answer(response, name, request.url);
    });
    created.listen(place.port, place.address);
    await once(created, 'listening');
    server = created;
  }

  async function stop() {
    clearTimeout(back);
    const stopping = server;
    server = undefined;
    if (!stopping) return;
    const closed = new Promise((resolve) => stopping.close(resolve));
    stopping.closeAllConnections();
    await closed;
  }

  /** Long enough to see it leave the table and come back. */
  async function leave() {
    await stop();
    back = setTimeout(() => void start().catch(() => undefined), AWAY_MS);
  }

  return {
    ...{ name, place, start, stop },
    get running() {
      return server !== undefined;
    },
  };
}

function answer(response: ServerResponse, name: string, url: string | undefined): void {
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('connection', 'close');
  response.statusCode = 200;
  if (url === '/health.html') response.end('All is well\n');
  else if (url === '/stop') response.end(`${name} stops for ${AWAY_MS / 1000} s\n`);
  else if (url === '/') response.end(`Hello from ${name}\n`);
  else {
    response.statusCode = 404;
    response.end(`${name} has no such page\n`);
  }
}

/** `server 1 (127.0.0.1:18081)` */
export function describe({ name, place }: WebServer): string {
  return `${name} (${endpoint(place.address, place.port)})`;
}
