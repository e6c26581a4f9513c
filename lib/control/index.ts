import { createServer, type Server } from 'node:http';
import type { Desk } from '../director/desk.ts';
import type { ReloadOutcome } from '../director/plan.ts';
import type { Log } from '../model/log.ts';
import type { StatusDocument } from '../model/status.ts';
import { answerRequests } from './answer.ts';
import { apiRoutes } from './api/index.ts';
import { boundClients } from './clients.ts';
import { watchProcess } from './process-metrics.ts';
import type { Family } from './prometheus.ts';
import { listenAt } from './socket-file.ts';

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
  readonly log: Log;
}

/** The control socket, open. */
export interface ControlServer extends AsyncDisposable {
  readonly path: string;
  /** Removes the file while it is still this server's, and drops the clients. Idempotent. */
  close(): Promise<void>;
}

/** Opens the control socket: HTTP on a Unix socket of mode 0660.
 *  @throws  when somebody listens there, or the file is no socket: see {@link listenAt} */
export async function createControlServer(
  options: ControlOptions,
): Promise<ControlServer> {
  const server = boundedServer();
  const clients = boundClients(server, CLIENTS);
  const watch = watchProcess();
  const routes = apiRoutes({
    ...options,
    families: async () => [...(await watch.families()), ...(options.metrics?.() ?? [])],
    failed: (error) =>
      options.log.error(`Control socket: cannot collect the status: ${String(error)}`),
  });
  const asker = () => ({ mayChange: true, name: async () => 'unknown' });
  answerRequests(server, { routes, clients, asker });
  const giveBack = await listenAt(server, options.path).catch((error: unknown) => {
    watch.stop();
    throw error;
  });
  server.on('error', (error) => options.log.error(`Control socket: ${error.message}`));

  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= (async () => {
      watch.stop();
      await giveBack();
      const ended = new Promise((resolve) => server.close(resolve));
      clients.drop();
      await ended;
    })();
    return closed;
  };
  return { path: options.path, close, [Symbol.asyncDispose]: close };
}

function boundedServer(): Server {
  return createServer({
    maxHeaderSize: 8 << 10,
    requestTimeout: CLIENTS.silenceMs, // headers included
    connectionsCheckingInterval: 1_000,
  });
}
