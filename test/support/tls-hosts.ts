import { once } from 'node:events';
import type { Socket } from 'node:net';
import {
  type ConnectionOptions,
  createServer,
  type TLSSocket,
  connect as tlsConnect,
} from 'node:tls';
import type { Test } from 'tap';
import type { Engine, ServiceEntry } from '../../lib/model/engine.ts';
import type {
  ServiceOptions,
  VirtualService,
} from '../../lib/model/virtual-service.ts';
import { type KeyPair, testAuthority } from './certificates.ts';
import { type Rig, rigFor, type TestServer, until } from './engine-rig.ts';

/** A virtual service of one TLS server, which sends back what it gets. */
export interface Host {
  readonly service: VirtualService;
  readonly server: TestServer;
  readonly entry: ServiceEntry;
}

/** A service that leads clients by their names, and those that it leads them to. */
export interface Hosts {
  readonly rig: Rig;
  /** Its own servers' certificate is for default.example. */
  readonly front: Host;
  /** www.example.com */
  readonly plain: Host;
  /** *.example.org; its certificate is for star.example. */
  readonly star: Host;
  apply(...entries: readonly ServiceEntry[]): Promise<unknown>;
  /** Lines of the connection log. */
  readonly log: () => readonly string[];
}

/** What a host is to have besides. */
interface Wishes {
  readonly fields?: Partial<VirtualService>;
  readonly options?: Partial<ServiceOptions>;
  /** In the place of its TLS server. */
  readonly handler?: (socket: Socket) => void;
}

export type AllWishes = Readonly<Partial<Record<'front' | 'plain' | 'star', Wishes>>>;

/** Carried by an engine, and applied. */
export async function tlsHosts(
  t: Test,
  make: (connectionLog: { write(text: string): void }) => Engine,
  wishes: AllWishes = {},
): Promise<Hosts> {
  let text = '';
  const rig = rigFor(
    t,
    make({
      write(more) {
        text += more;
      },
    }),
  );
  const pairs = pairsOnce(t);
  const host = async (name: string, wish: Wishes = {}): Promise<Host> => {
    const secure = createServer(pairs(name), (socket) => {
      socket.on('error', () => {});
      socket.pipe(socket);
    });
    secure.on('tlsClientError', () => {});
    const server = await rig.server(
      wish.handler ?? ((socket) => secure.emit('connection', socket)),
    );
    const options = { logConnections: true, ...wish.options };
    const service = await rig.service(wish.fields, options);
    return { service, server, entry: { service, servers: [server.entry()] } };
  };
  const plain = await host('www.example.com', wishes.plain);
  const star = await host('star.example', wishes.star);
  const front = await host('default.example', {
    ...wishes.front,
    options: {
      sni: [
        { name: 'www.example.com', service: plain.service.id },
        { name: '*.example.org', service: star.service.id },
      ],
      ...wishes.front?.options,
    },
  });
  const apply = (...entries: readonly ServiceEntry[]) => rig.engine.apply(entries);
  await apply(front.entry, plain.entry, star.entry);
  return {
    ...{ rig, front, plain, star, apply },
    log: () => text.split('\n').filter(Boolean),
  };
}

const PAIRS = new Map<string, KeyPair>();

/** Certificates by their names, made once for all tests of a file. */
function pairsOnce(t: Test): (name: string) => KeyPair {
  const authority = PAIRS.size === 0 ? testAuthority(t.testdir()) : undefined;
  return (name) => {
    const pair = PAIRS.get(name) ?? authority?.issue(name);
    if (!pair) throw new Error(`no certificate for ${name}`);
    PAIRS.set(name, pair);
    return pair;
  };
}

/** A client that has shaken hands; the test's end ends it. */
export async function tlsClient(
  t: Pick<Test, 'teardown'>,
  { address = '', port = 0 }: VirtualService,
  options: ConnectionOptions & { readonly servername: string },
): Promise<TLSSocket> {
  const client = tlsConnect({
    ...{ host: address, port, rejectUnauthorized: false },
    ...options,
  });
  t.teardown(() => client.destroy());
  await once(client, 'secureConnect');
  client.on('error', () => {});
  return client;
}

/** Whose certificate the client was shown, once what it sent came back through the server.
 *  @param said  what it sends */
export async function shown(client: TLSSocket, said = 'hello'): Promise<string> {
  client.write(said);
  let text = '';
  while (text.length < said.length) {
    const [chunk] = await once(client, 'data');
    text += chunk;
  }
  if (text !== said) throw new Error(`${said} came back as ${text}`);
  return String(client.getPeerCertificate().subject.CN);
}

/** Whose certificate a client of that name is shown. */
export async function certificate(
  t: Test,
  { front }: Hosts,
  servername: string,
  options = {},
): Promise<string> {
  const client = await tlsClient(t, front.service, { servername, ...options });
  const name = await shown(client);
  client.end();
  return name;
}

/** A server that sends back all that it got, behind the client's end. */
export function echo(socket: Socket): void {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('end', () => socket.end(Buffer.concat(chunks)));
}

/** Hosts without TLS, which do that. */
export const ECHOES: AllWishes = {
  front: { handler: echo },
  plain: { handler: echo },
  star: { handler: echo },
};

/** Waits until no connection is left. */
export function nothingOpen({ rig }: Hosts): Promise<void> {
  const open = () => rig.engine.workers().map((one) => one.openConnections);
  return until(() => open().every((count) => count === 0));
}
