import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Test } from 'tap';
import { endpoint } from '../../lib/model/address.ts';
import type {
  Engine,
  EngineEvent,
  ServerEntry,
  ServerStats,
  ServiceEntry,
  ServiceStats,
} from '../../lib/model/engine.ts';
import type { Connection, Traffic } from '../../lib/model/traffic.ts';
import type {
  ServiceOptions,
  VirtualService,
} from '../../lib/model/virtual-service.ts';
import { aService, OPTIONS } from './config.ts';
import { triedPort as freePort } from './tried-port.ts';

export { freePort };

/** More than a test has. */
const MANY = 1000;

/** An engine with what a case needs around it: real servers, clients, all ended with the test. */
export interface Rig {
  readonly engine: Engine;
  /** A virtual service on a free port. */
  service(
    fields?: Partial<VirtualService>,
    options?: Partial<ServiceOptions>,
  ): Promise<VirtualService>;
  server(handler: (socket: Socket) => void, address?: string): Promise<TestServer>;
  /** A connected client; its errors are the case's to await.
   *  @param from its own address, any of 127.0.0.0/8 */
  client(service: VirtualService, from?: string): Promise<Socket>;
  /** What the server that this client is sent to says until it ends. */
  ask(service: VirtualService, from?: string): Promise<string>;
  stats(service: VirtualService): Promise<ServiceStats>;
  readonly traffic: Traffic;
  /** The service's connections, once there are so many and all are past their dial. */
  connections(service: VirtualService, count: number): Promise<readonly Connection[]>;
  /** The numbers of one server of the service. */
  of(service: VirtualService, server: ServerEntry): Promise<ServerStats>;
  /** The next event of the kind. */
  event<K extends EngineEvent['type']>(
    type: K,
  ): Promise<Extract<EngineEvent, { type: K }>>;
}

export interface TestServer {
  readonly sockets: Socket[];
  readonly server: Server;
  entry(fields?: Partial<ServerEntry>): ServerEntry;
  /** Resolves with its next connection. */
  next(): Promise<Socket>;
}

export function tableOf(
  service: VirtualService,
  ...servers: readonly ServerEntry[]
): readonly ServiceEntry[] {
  return [{ service, servers }];
}

/** A server entry in force; weight 1, no thresholds, kept on removal unless said otherwise. */
export function serverAt(
  address: string,
  port: number,
  fields: Partial<ServerEntry> = {},
): ServerEntry {
  return {
    id: endpoint(address, port),
    address,
    port,
    method: 'masq',
    weight: 1,
    lower: 0,
    upper: 0,
    fallback: false,
    onRemoval: 'keep',
    ...fields,
  };
}

export function rigFor(t: Pick<Test, 'teardown'>, engine: Engine): Rig {
  t.teardown(() => engine.close({ clean: true }));
  const stats = async (service: VirtualService) => {
    const all = await engine.stats();
    const found = all.find(({ id }) => id === service.id);
    if (!found) throw new Error(`no numbers of ${service.id}`);
    return found;
  };
  const { traffic } = engine;
  return {
    engine,
    stats,
    traffic,
    async connections({ id }, count) {
      for (;;) {
        const { items } = await traffic.connections({ service: id }, MANY);
        const settled = items.every(({ state }) => state !== 'opening');
        if (items.length === count && settled) return items;
        await new Promise((wait) => setTimeout(wait, 20));
      }
    },
    async service(fields = {}, options = {}) {
      const address = fields.address ?? '127.0.0.1';
      const port = fields.port ?? (await freePort(address));
      const scheduler = 'rr';
      const all = { ...OPTIONS, ...options };
      return aService({ scheduler, ...fields, address, port, options: all });
    },
    server: (handler, address = '127.0.0.1') => testServer(t, handler, address),
    client: (service, from) => testClient(t, service, from),
    async ask(service, from) {
      const client = await testClient(t, service, from);
      const answer = await received(client);
      client.destroy();
      return answer;
    },
    async of(service, { id }) {
      const found = (await stats(service)).servers.find((server) => server.id === id);
      if (!found) throw new Error(`no numbers of ${id}`);
      return found;
    },
    async event(type) {
      for await (const event of engine.events)
        if (event.type === type) return event as never;
      throw new Error(`the engine was closed before a ${type}`);
    },
  };
}

async function testClient(
  t: Pick<Test, 'teardown'>,
  { address, port }: VirtualService,
  from?: string,
): Promise<Socket> {
  const socket = connect({
    host: address ?? '',
    port: port ?? 0,
    allowHalfOpen: true,
    ...(from === undefined ? {} : { localAddress: from }),
  });
  t.teardown(() => socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect').catch((error) => {
    if (error.code !== 'ECONNRESET') throw error; // accepted, and reset before we knew
  });
  return socket;
}

async function testServer(
  t: Pick<Test, 'teardown'>,
  handler: (socket: Socket) => void,
  address: string,
): Promise<TestServer> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    handler(socket);
  }).listen(0, address);
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as { port: number };
  return {
    sockets,
    server,
    entry: (fields) => serverAt(address, port, fields),
    next: async () => (await once(server, 'connection'))[0],
  };
}

/** All bytes until the other end's FIN. Rejects at a reset. */
export async function received(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'end');
  return text;
}

/** How the connection ends, read to its end: `end` after a FIN, or the error's code. */
export async function ending(socket: Socket): Promise<string> {
  if (socket.errored) return code(socket.errored);
  socket.resume();
  return new Promise((resolve) => {
    // right behind data libuv takes a reset for an end; a write of nothing tells
    socket.once('end', () => {
      socket.write('');
      resolve(socket.errored ? code(socket.errored) : 'end');
    });
    socket.once('error', (error) => resolve(code(error)));
  });
}

function code(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}

/** No test waits so long for one thing; its own deadline may come first. */
const PATIENCE_MS = 100_000;

/** Waits, polling, for what no event tells. @throws after {@link PATIENCE_MS}, with the condition */
export async function until(
  condition: () => Promise<boolean | undefined> | boolean,
): Promise<void> {
  const began = performance.now();
  while (!(await condition())) {
    if (performance.now() - began > PATIENCE_MS)
      throw new Error(`not within ${PATIENCE_MS} ms: ${condition}`);
    await new Promise((wait) => setTimeout(wait, 20));
  }
}
