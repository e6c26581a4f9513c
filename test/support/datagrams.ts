import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Test } from 'tap';
import type { ServerEntry } from '../../lib/model/engine.ts';
import type {
  ServiceOptions,
  VirtualService,
} from '../../lib/model/virtual-service.ts';
import { type Rig, serverAt } from './engine-rig.ts';
import { freeUdpPort } from './raw-udp-server.ts';

/** A virtual service for datagrams on a free port, whose check says nothing of its protocol. */
export async function udpService(
  rig: Rig,
  fields: Partial<VirtualService> = {},
  options: Partial<ServiceOptions> = {},
): Promise<VirtualService> {
  const port = fields.port ?? (await freeUdpPort());
  return rig.service({ protocol: 'udp', service: 'none', ...fields, port }, options);
}

/** A real server of datagrams. */
export interface UdpServer {
  readonly port: number;
  /** Who sent what came, oldest first. */
  readonly clients: readonly RemoteInfo[];
  entry(fields?: Partial<ServerEntry>): ServerEntry;
  /** To one of the clients, unasked. */
  say(text: string | Uint8Array, client: RemoteInfo | undefined): void;
  /** Nobody listens on the port from then on. */
  close(): Promise<void>;
}

/** @param answer what it says to a datagram; undefined: nothing
 *  @param port 0: a free one */
export async function udpServer(
  t: Pick<Test, 'teardown'>,
  answer: (datagram: Buffer) => string | Uint8Array | undefined,
  address = '127.0.0.1',
  port = 0,
): Promise<UdpServer> {
  const socket = createSocket(typeOf(address));
  const clients: RemoteInfo[] = [];
  socket.on('message', (datagram, from) => {
    clients.push(from);
    const text = answer(datagram);
    if (text !== undefined) socket.send(text, from.port, from.address);
  });
  await bound(socket, address, port);
  const close = closeOnce(socket);
  t.teardown(close);
  const own = socket.address().port;
  const entry = (fields?: Partial<ServerEntry>) => serverAt(address, own, fields);
  const say = (text: string | Uint8Array, client: RemoteInfo | undefined) =>
    socket.send(text, client?.port ?? 0, client?.address);
  return { port: own, clients, entry, say, close };
}

/** Two real servers, which say `a` and `b` to whatever comes. */
export async function pair(t: Pick<Test, 'teardown'>): Promise<[UdpServer, UdpServer]> {
  return [await udpServer(t, () => 'a'), await udpServer(t, () => 'b')];
}

/** A client at one port of its own, which takes what comes from the service's address only. */
export interface UdpClient {
  say(text: string | Uint8Array): void;
  /** What comes next: an answer, the code of an error, or `nothing` for a while. */
  next(): Promise<string>;
  ask(text?: string | Uint8Array): Promise<string>;
  close(): Promise<void>;
}

interface ClientOptions {
  readonly from?: string;
  /** How long it waits for what comes. */
  readonly patienceMs?: number;
}

export async function udpClient(
  t: Pick<Test, 'teardown'>,
  { address = '', port = 0 }: Pick<VirtualService, 'address' | 'port'>,
  { from, patienceMs = 5000 }: ClientOptions = {},
): Promise<UdpClient> {
  const socket = createSocket(typeOf(address));
  const heard: string[] = [];
  let wake = () => {};
  const hear = (word: string) => {
    heard.push(word);
    wake();
  };
  socket.on('message', (answer) => hear(answer.toString('latin1')));
  socket.on('error', (error: NodeJS.ErrnoException) => hear(error.code ?? ''));
  if (from !== undefined) await bound(socket, from, 0);
  const connected = once(socket, 'connect');
  socket.connect(port, address);
  await connected;
  const close = closeOnce(socket);
  t.teardown(close);
  const next = async () => {
    if (heard.length === 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    return heard.shift() ?? 'nothing';
  };
  const say = (text: string | Uint8Array) => socket.send(text);
  return {
    say,
    next,
    async ask(text = '?') {
      say(text);
      return next();
    },
    close,
  };
}

function typeOf(address: string): 'udp4' | 'udp6' {
  return address.includes(':') ? 'udp6' : 'udp4';
}

async function bound(socket: Socket, address: string, port: number): Promise<void> {
  const listening = once(socket, 'listening');
  socket.bind(port, address);
  await listening;
}

function closeOnce(socket: Socket): () => Promise<void> {
  let closed: Promise<unknown> | undefined;
  return async () => {
    if (!closed) {
      closed = once(socket, 'close');
      socket.close();
    }
    await closed;
  };
}
