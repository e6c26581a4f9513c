import { createServer, type Server } from 'node:http';
import type { Log } from '../model/log.ts';
import type { StatusDocument } from '../model/status.ts';
import { answerRequests } from './answer.ts';
import { boundClients } from './clients.ts';
import { statusFamilies } from './metrics.ts';
import { watchProcess } from './process-metrics.ts';
import { type Family, formatFamilies, METRICS_TYPE } from './prometheus.ts';
import type { Route } from './routes.ts';
import { shared } from './shared.ts';
import { listenAt } from './socket-file.ts';
import { checksAsked } from './status-query.ts';

export { CALLS, type Call } from './calls.ts';
export { ask, Refused, readStatus } from './client.ts';
export { follow } from './follow.ts';

const CLIENTS = { most: 64, silenceMs: 10_000, lifetimeMs: 30_000 } as const;
const COLLECT_MS = 5_000;

export interface ControlOptions {
  /** `<runtime-dir>/l4director.<instance>.sock`; its directory exists. */
  readonly path: string;
  /** Called once for all who ask for the same at the same time.
   *  @param checks  results of each real server, 0 to 20 */
  readonly status: (checks: number) => Promise<StatusDocument>;
  /** What the daemon has to add to `/metrics`. */
  readonly metrics?: () => readonly Family[];
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
  const routes = routesOf(options, watch.families);
  answerRequests(server, routes, clients);
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

/** What the socket offers: one row each. */
function routesOf(
  { status, metrics, log }: ControlOptions,
  processFamilies: () => Promise<readonly Family[]>,
): readonly Route[] {
  const collect = shared(status, COLLECT_MS);
  const body = <K = void>(make: (key: K) => Promise<string>) =>
    shared(async (key: K) => {
      try {
        return Buffer.from(await make(key));
      } catch (error) {
        log.error(`Control socket: cannot collect the status: ${String(error)}`);
        throw error;
      }
    }, COLLECT_MS);
  const statusBody = body(
    async (checks: number) => `${JSON.stringify(await collect(checks))}\n`,
  );
  return [
    {
      method: 'GET',
      path: '/v1/status',
      summary:
        'every virtual service with its real servers, as JSON; with ?checks=20 their last results',
      type: 'application/json; charset=utf-8',
      async handler(query) {
        const checks = checksAsked(query);
        return typeof checks === 'number' ? await statusBody(checks) : checks;
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      summary: 'counters and gauges in the text format of Prometheus',
      type: METRICS_TYPE,
      handler: body(async () => {
        const document = await collect(0);
        const own = await processFamilies();
        return formatFamilies([
          ...statusFamilies(document),
          ...own,
          ...(metrics?.() ?? []),
        ]);
      }),
    },
  ];
}
