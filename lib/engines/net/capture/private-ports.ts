import { once } from 'node:events';
import { createServer } from 'node:net';

/** Above the ports that the kernel gives to connections by itself, unless
 *  net.ipv4.ip_local_port_range says otherwise. */
const FIRST = 61_000;
const LAST = 65_535;

/** Ports for listeners that nobody connects to by their number, each given once. */
export class PrivatePorts {
  readonly #given = new Map<string, number>();
  #avoided: ReadonlySet<number> = new Set();

  /** The port of that name: the same until {@link keep} lets it go.
   *  @param address  where nobody else may listen on it
   *  @returns        undefined: none is free */
  async of(name: string, address: string): Promise<number | undefined> {
    return this.#given.get(name) ?? this.anew(name, address);
  }

  /** Another port for that name, since somebody holds the one it has.
   *  @returns  undefined: none is free, and it keeps what it has */
  async anew(name: string, address: string): Promise<number | undefined> {
    const taken = new Set([...this.#avoided, ...this.#given.values()]);
    for (let port = FIRST; port <= LAST; port++) {
      if (taken.has(port) || (await isHeld(address, port))) continue;
      this.#given.set(name, port);
      return port;
    }
    return undefined;
  }

  /** Never gives these. */
  avoid(ports: Iterable<number>): void {
    this.#avoided = new Set(ports);
  }

  /** Lets go of all others. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#given.keys())
      if (!names.has(name)) this.#given.delete(name);
  }
}

/** Only that somebody listens there counts: the address may not be on this host yet. */
async function isHeld(host: string, port: number): Promise<boolean> {
  const server = createServer((socket) => socket.destroy());
  try {
    await once(server.listen({ host, port, backlog: 1 }), 'listening');
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  } finally {
    server.close();
  }
}
