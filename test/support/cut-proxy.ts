import { connect } from 'node:net';
import type { Test } from 'tap';
import { type RawServer, rawServer } from './raw-server.ts';

/** A server that stands in front of another. */
export interface CutProxy extends Pick<RawServer, 'port' | 'idle'> {
  /** Connections open now. */
  readonly open: number;
  /** Bytes of the server's that it has passed on. */
  readonly passed: number;
}

/** Passes on so many bytes of what a server on loopback says in one connection, then nothing.
 *  @param cut  called when they are through, with what ends the connection */
export async function cutProxy(
  t: Pick<Test, 'teardown'>,
  port: number,
  bytes: number,
  cut: (end: () => void) => void,
): Promise<CutProxy> {
  let passed = 0;
  const proxy = await rawServer(t, (client) => {
    const server = connect({ host: '127.0.0.1', port });
    server.on('error', () => client.destroy());
    server.on('close', () => client.destroy());
    client.on('close', () => server.destroy());
    client.pipe(server);
    let left = bytes;
    server.on('data', (chunk: Buffer) => {
      if (left <= 0) return;
      const part = chunk.subarray(0, left);
      left -= part.length;
      passed += part.length;
      const done = left <= 0;
      client.write(part, () => {
        if (done) cut(() => client.destroy());
      });
    });
  });
  return {
    port: proxy.port,
    idle: () => proxy.idle(),
    get open() {
      return proxy.open;
    },
    get passed() {
      return passed;
    },
  };
}
