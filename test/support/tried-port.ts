import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that the kernel gives to clients. */
const FIRST = 20_000;
const COUNT = 12_000;

/** A port of loopback that was free a moment ago, and that no client is given by the kernel. */
export async function triedPort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    const server = createServer();
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return port;
    } catch {
      // taken
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
