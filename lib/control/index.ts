import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Desk } from '../director/desk.ts';
import type { ReloadOutcome } from '../director/plan.ts';
import type { Log } from '../model/log.ts';
import type { StatusDocument } from '../model/status.ts';
import { answerRequests } from './answer.ts';
import { apiRoutes } from './api/index.ts';
import type { Standing } from './api/standing-routes.ts';
import { sharedStatus } from './api/status-routes.ts';
import { boundClients, together } from './clients.ts';
import { lineCommands } from './line/index.ts';
import { openFiles } from './line/open-files.ts';
import { type OwnWork, ownFamilies } from './own-metrics.ts';
import { peerOf } from './peer.ts';
import { watchProcess } from './process-metrics.ts';
import { type Access, listenAt } from './socket-file.ts';
import { speakBoth } from './two-protocols.ts';

export { CALLS, type Call } from './calls.ts';
export { ask, readStatus } from './client.ts';
export { type Begun, ESTATE_CALLS, type Estate, openEstate } from './estate.ts';
export { follow } from './follow.ts';
export { Refused, Strange } from './no-answer.ts';

const CLIENTS = {
  most: 64,
  silenceMs: 10_000,
  lifetimeMs: 30_000,
  held: { follower: 16, waiter: 64 },
} as const;

export interface ControlOptions {
  /** `<runtime-dir>/l4director.<instance>.sock`; its directory exists. */
  readonly path: string;
  /** Called once for all who ask for the same at the same time.
   *  @param checks  results of each real server, 0 to 20 */
  readonly status: (checks: number) => Promise<StatusDocument>;
  /** What the daemon has to add to `/metrics`. */
  readonly metrics?: () => OwnWork;
  /** Whether that has HAProxy's names too. */
  readonly haproxyNames?: () => boolean;
  /** Where changes go. */
  readonly desk: Desk;
  /** Reads the file again; resolves when it is in force, or refused.
   *  @param by  who asks, for the audit line */
  readonly reload: (by: string) => Promise<ReloadOutcome>;
  /** What that would do. */
  readonly plan: () => Promise<ReloadOutcome>;
  /** For engines of high availability. */
  readonly standing: Standing;
  /** Most client connections at once; undefined: as many as the limit of open files allows. */
  readonly maxConnections?: number | undefined;
  /** Who may look and change; undefined: mode 0660. */
  readonly access?: Access | undefined;
  /** A second socket for those who may look. */
  readonly readOnly?: { readonly path: string; readonly mode: number } | undefined;
  readonly log: Log;
}

/** The control socket, open. */
export interface ControlServer extends AsyncDisposable {
  readonly path: string;
  /** Removes the file while it is still this server's, and drops the clients. Idempotent. */
  close(): Promise<void>;
}

/** Opens the control socket: HTTP and HAProxy's line commands on a Unix socket, and where it is
 *  wished a second one, which changes nothing.
 *  @throws  when somebody listens there, or the file is no socket: see {@link listenAt} */
export async function createControlServer(
  options: ControlOptions,
): Promise<ControlServer> {
  const { path, access, readOnly, log } = options;
  const full = createServer(SOCKET);
  const looking = createServer(SOCKET);
  const readers = new WeakSet<Socket>();
  looking.on('connection', (client) => readers.add(client));
  const speakers = openSpeakers(options, { full, looking }, readers);
  const open: (() => Promise<void>)[] = [];
  const listen = async (server: Server, at: string, who: Access | undefined) => {
    speakBoth(server, speakers.http, speakers.line);
    const giveBack = await listenAt(server, at, who);
    server.on('error', (error) => log.error(`Control socket: ${error.message}`));
    open.push(async () => {
      await giveBack();
      await new Promise((resolve) => {
        server.close(resolve);
        speakers.drop();
      });
    });
  };
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= (async () => {
      await Promise.all(open.map((end) => end()));
      speakers.close();
    })();
    return closed;
  };
  try {
    await listen(full, path, access);
    if (readOnly) await listen(looking, readOnly.path, readOnly);
  } catch (error) {
    await close();
    throw error;
  }
  return { path, close, [Symbol.asyncDispose]: close };
}

/** A client that has said all may still be answered. */
const SOCKET = { allowHalfOpen: true } as const;

/** Those who answer, each in one protocol. */
interface Speakers {
  readonly http: HttpServer;
  line(client: Socket): void;
  /** Drops the clients. */
  drop(): void;
  /** Drops them, and takes no more. */
  close(): void;
}

/** @param servers  whose clients they answer
 *  @param readers  clients that may not change anything */
function openSpeakers(
  options: ControlOptions,
  servers: { readonly full: Server; readonly looking: Server },
  readers: { has(client: Socket): boolean },
): Speakers {
  const { metrics, log } = options;
  // A crowd each: those who may only look never keep out those who may change things.
  const full = boundClients([servers.full], CLIENTS);
  const looking = boundClients([servers.looking], CLIENTS);
  const clients = together([full, looking], (client) =>
    readers.has(client) ? looking : full,
  );
  const watch = watchProcess();
  const failed = (error: unknown) =>
    log.error(`Control socket: cannot collect the status: ${String(error)}`);
  const families = async () => {
    const own = metrics?.();
    return [...(await watch.families()), ...(own ? ownFamilies(own) : [])];
  };
  const routes = apiRoutes({ ...options, families, failed });
  const asker = (client: Socket) => ({
    mayChange: !readers.has(client),
    name: () => peerOf(client),
  });
  const http = boundedHttp();
  answerRequests(http, { routes, clients, asker });
  const line = lineCommands({
    ...{ ...options, clients, asker },
    status: sharedStatus({ ...options, families, failed }),
    maxConnections: options.maxConnections ?? mostByFiles(),
  });
  return {
    http,
    line: (client) => line.answer(client),
    drop: () => clients.drop(),
    close() {
      watch.stop();
      line[Symbol.dispose]();
      clients.drop();
      http.close();
    },
  };
}

/** It listens nowhere: clients are handed to it. Node begins to look after time-outs of requests when
 *  it hears of listening. */
function boundedHttp(): HttpServer {
  const http = createHttp({
    maxHeaderSize: 8 << 10,
    requestTimeout: CLIENTS.silenceMs, // headers included
    connectionsCheckingInterval: 1_000,
  });
  http.emit('listening');
  return http;
}

/** Each takes two descriptors. */
function mostByFiles(): number | undefined {
  const files = openFiles();
  return files === undefined ? undefined : Math.floor(files / 2);
}
