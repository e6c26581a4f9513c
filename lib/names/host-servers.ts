import { Resolver } from 'node:dns';
import type { DnsServer } from '../model/reals-from.ts';

/** How long those of /etc/resolv.conf count before it is read again. */
const FRESH_MS = 10_000;
const DNS_PORT = 53;

/** Name servers of this host, as /etc/resolv.conf names them now.
 *  @param now  monotonic, milliseconds */
export function hostServers(now: () => number): () => readonly DnsServer[] {
  let known: readonly DnsServer[] = [];
  let readAt = -Infinity;
  return () => {
    if (now() - readAt >= FRESH_MS) {
      readAt = now();
      known = new Resolver().getServers().map(serverOf);
    }
    return known;
  };
}

/** As Node prints them: `10.0.0.53`, `10.0.0.53:5353`, `2001:db8::53`, `[2001:db8::53]:5353`. */
function serverOf(text: string): DnsServer {
  const [, six, four, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  return { address: six ?? four ?? text, port: Number(port ?? DNS_PORT) };
}
