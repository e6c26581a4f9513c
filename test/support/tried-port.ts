import { once } from 'node:events';
import { createServer } from 'node:net';

const FIRST = 20_000;
const COUNT = 12_000;
/** More than a test takes: those that run at once begin at places of their own. */
const APART = 101;

let taken = process.pid * APART;

/** The next below those that the kernel gives to clients; somebody may have it. */
export function aPortOfNobody(): number {
  return FIRST + (taken++ % COUNT);
}

/** A port that was free a moment ago, and that no client is given by the kernel: one that was
 *  could be given to a client of the same test, which then speaks to itself. */
export async function triedPort(address = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = aPortOfNobody();
    const server = createServer();
    try {
      server.listen(port, address);
      await once(server, 'listening');
      return port;
    } catch {
      // taken
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
