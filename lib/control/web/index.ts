import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { WebUser } from '../../config/web.ts';
import type { ListenAt } from '../../config/web-values.ts';
import type { Desk } from '../../director/desk.ts';
import type { Log } from '../../model/log.ts';
import type { StatusDocument } from '../../model/status.ts';
import { shared } from '../shared.ts';
import { createApp } from './app.ts';
import { createLive } from './live.ts';
import { createDoor } from './login.ts';
import { boundVisitors } from './visitors.ts';

/** What TLS takes, as PEM text. */
export interface Identity {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface WebSettings {
  /** Port 0: any. */
  readonly listen: ListenAt;
  /** Undefined: HTTP without TLS. */
  readonly tls: Identity | undefined;
  /** Nobody: whoever reaches it may change things; it is then there by a loopback address only. */
  readonly users: readonly WebUser[];
  /** @param checks  results of each real server, 0 to 20 */
  readonly status: (checks: number) => Promise<StatusDocument>;
  readonly desk: Desk;
  readonly log: Log;
}

/** The page, being served. */
export interface Web extends AsyncDisposable {
  readonly port: number;
  /** From now on these. Sessions of who is gone or has another password or role end. */
  users(users: readonly WebUser[]): void;
  /** For connections to come. */
  identity(tls: Identity): void;
  /** Idempotent. */
  close(): Promise<void>;
}

const LIMITS = {
  maxHeaderSize: 8 << 10,
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const;
const UNREAD_MS = 30_000;
const COLLECT_MS = 10_000;

/** Serves the page.
 *  @throws  when the place cannot be listened at */
export async function createWeb(settings: WebSettings): Promise<Web> {
  const { listen, tls, desk, log } = settings;
  const status = shared(settings.status, COLLECT_MS);
  let users = settings.users;
  const live = createLive({ status, desk });
  const door = createDoor(() => users, log);
  const server = open(tls);
  const visitors = boundVisitors(server);
  // A browser takes the prefix only from the host itself, over TLS.
  const cookie = `${tls ? '__Host-' : ''}l4director-${listen.port}`;
  const site = { status, desk, live, door, log, visitors, users: () => users, cookie };
  const answer = getRequestListener(
    createApp({ ...site, tls: tls !== undefined }).fetch,
  );
  server.on('request', (request, response) => {
    if (!request.socket.destroyed) void answer(request, response);
  });
  server.listen({ host: listen.address, port: listen.port, exclusive: true });
  await once(server, 'listening').catch((error: unknown) => {
    live.close();
    throw error;
  });
  server.on('error', (error) => log.error(`Page: ${error.message}`));

  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= new Promise((resolve) => {
      live.close();
      server.close(() => resolve());
      visitors.drop();
    });
    return closed;
  };
  return {
    port: (server.address() as AddressInfo).port, // it listens at an address and a port
    users(next) {
      users = next;
      door.sessions.keep(next);
    },
    identity(tls) {
      if ('setSecureContext' in server) server.setSecureContext(tls);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function open(tls: Identity | undefined): Server | TlsServer {
  const server = tls
    ? createTlsServer({ ...LIMITS, ...tls, handshakeTimeout: LIMITS.headersTimeout })
    : createServer(LIMITS);
  server.setTimeout(UNREAD_MS, (socket: { destroy(): void }) => socket.destroy());
  return server;
}
