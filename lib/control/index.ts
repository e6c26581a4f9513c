import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Desk } from '../director/desk.ts';
import type { ReloadOutcome } from '../director/plan.ts';
import type { Log } from '../model/log.ts';
import type { StatusDocument } from '../model/status.ts';
import { answerRequests } from './answer.ts';
import { apiRoutes } from './api/index.ts';
import { sharedStatus } from './api/status-routes.ts';
import { boundClients } from './clients.ts';
import { lineCommands } from './line/index.ts';
import { openFiles } from './line/open-files.ts';
import { peerOf } from './peer.ts';
import { watchProcess } from './process-metrics.ts';
import type { Family } from './prometheus.ts';
import { listenAt } from './socket-file.ts';
import { speakBoth } from './two-protocols.ts';

export { CALLS, type Call } from './calls.ts';
export { ask, Refused, readStatus } from './client.ts';
export { follow } from './follow.ts';

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
  readonly metrics?: () => readonly Family[];
  /** Where changes go. */
  readonly desk: Desk;
  /** Reads the file again; resolves when it is in force, or refused. */
  readonly reload: () => Promise<ReloadOutcome>;
  /** What that would do. */
  readonly plan: () => Promise<ReloadOutcome>;
  /** Most client connections at once; undefined: as many as the limit of open files allows. */
  readonly maxConnections?: number | undefined;
  readonly log: Log;
}

/** The control socket, open. */
export interface ControlServer extends AsyncDisposable {
  readonly path: string;
  /** Removes the file while it is still this server's, and drops the clients. Idempotent. */
  close(): Promise<void>;
}

/** Opens the control socket: HTTP and HAProxy's line commands on a Unix socket of mode 0660.
 *  @throws  when somebody listens there, or the file is no socket: see {@link listenAt} */
export async function createControlServer(
  options: ControlOptions,
): Promise<ControlServer> {
  const { log } = options;
  const server = createServer({ allowHalfOpen: true });
  const speakers = openSpeakers(options, [server]);
  speakBoth(server, speakers.http, speakers.line);
  const giveBack = await listenAt(server, options.path).catch((error: unknown) => {
    speakers.close();
    throw error;
  });
  server.on('error', (error) => log.error(`Control socket: ${error.message}`));

  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= (async () => {
      await giveBack();
      const ended = new Promise((resolve) => server.close(resolve));
      speakers.close();
      await ended;
    })();
    return closed;
  };
  return { path: options.path, close, [Symbol.asyncDispose]: close };
}

/** Those who answer, each in one protocol. */
interface Speakers {
  readonly http: HttpServer;
  line(client: Socket): void;
  /** Drops the clients. */
  close(): void;
}

/** @param servers  whose clients they answer */
function openSpeakers(options: ControlOptions, servers: readonly Server[]): Speakers {
  const { metrics, log } = options;
  const clients = boundClients(servers, CLIENTS);
  const watch = watchProcess();
  const failed = (error: unknown) =>
    log.error(`Control socket: cannot collect the status: ${String(error)}`);
  const families = async () => [...(await watch.families()), ...(metrics?.() ?? [])];
  const routes = apiRoutes({ ...options, families, failed });
  const asker = (client: Socket) => ({ mayChange: true, name: () => peerOf(client) });
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
