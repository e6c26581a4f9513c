import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import type { Test } from 'tap';
import { aPortOfNobody } from './tried-port.ts';

/** A UDP server of the test's own making. */
export interface RawUdpServer {
  readonly port: number;
  /** Every datagram that came, oldest first. */
  readonly received: readonly Buffer[];
  /** Whether every socket that sent one is closed: its port can be bound again. */
  idle(): Promise<boolean>;
}

/** Listens on loopback until the test ends; `serve` gets every datagram. */
export async function rawUdpServer(
  t: Pick<Test, 'teardown'>,
  serve: (
    datagram: Buffer,
    reply: (answer: Uint8Array | string) => void,
    from: RemoteInfo,
  ) => void,
  address: '127.0.0.1' | '::1' = '127.0.0.1',
): Promise<RawUdpServer> {
  const type = address === '::1' ? 'udp6' : 'udp4';
  const received: Buffer[] = [];
  const ports = new Set<number>();
  const server = createSocket(type);
  server.on('message', (datagram, from) => {
    received.push(datagram);
    ports.add(from.port);
    const reply = (answer: Uint8Array | string) =>
      server.send(answer, from.port, from.address);
    serve(datagram, reply, from);
  });
  server.bind(0, address);
  await once(server, 'listening');
  t.teardown(() => server.close());
  return {
    port: server.address().port,
    received,
    async idle() {
      for (const port of ports) if (!(await isFree(type, port, address))) return false;
      return true;
    },
  };
}

/** A UDP port of loopback that was free a moment ago. */
export async function freeUdpPort(): Promise<number> {
  for (;;) {
    const port = aPortOfNobody();
    if (await isFree('udp4', port, '127.0.0.1')) return port;
  }
}

async function isFree(type: 'udp4' | 'udp6', port: number, address: string) {
  const socket = createSocket(type);
  try {
    socket.bind({ port, address, exclusive: true });
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
