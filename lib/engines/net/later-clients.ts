import type { LeftClients } from '../../model/heritage.ts';

/** Some 10 MB: of 100,000 clients, and of the names of 2,000 servers. */
const MOST_BYTES = 11_000_000;
/** Of a client, and of a server, without the characters of its name: what a map of them takes. */
const CLIENT_BYTES = 100;
const SERVER_BYTES = 500;
/** What one message for a worker has, so that it has time for traffic in between. */
const A_ROW = 1000;

/** The clients of a server under one netmask: their ends, the client that was told last being the last one. */
interface Sheaf extends Pick<LeftClients, 'service' | 'server' | 'netmask'> {
  readonly ends: Map<string, number>;
  /** Of its names. */
  readonly bytes: number;
}

/** Clients of another director whose servers are not in the table yet. Bounded, whatever their names: of a service
 *  that has too many those go that were told first. */
export class LaterClients {
  readonly #most: number;
  /** By service, then by server and netmask; whose clients were told last is the last one. */
  readonly #byService = new Map<string, Map<string, Sheaf>>();
  #bytes = 0;

  constructor(most = MOST_BYTES) {
    this.#most = most;
  }

  /** What these take, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Clients whose end is 0 were forgotten there. */
  add(left: LeftClients): void {
    const sheaf = this.#taken(left) ?? sheafOf(left);
    for (const [at, client] of left.clients.entries()) {
      const end = left.ends[at] ?? 0;
      sheaf.ends.delete(client);
      if (end > 0) sheaf.ends.set(client, end);
    }
    if (sheaf.ends.size > 0) this.#put(sheaf);
  }

  /** Those of the service for these servers, which are gone from here then. */
  take(service: string, servers: ReadonlySet<string>): readonly LeftClients[] {
    const all = [...(this.#byService.get(service)?.values() ?? [])];
    const found = all.filter(({ server }) => servers.has(server));
    for (const sheaf of found) this.#taken(sheaf);
    return found.flatMap(rowsOf);
  }

  #taken(of: Pick<Sheaf, 'service' | 'server' | 'netmask'>): Sheaf | undefined {
    const sheaves = this.#byService.get(of.service);
    const sheaf = sheaves?.get(keyOf(of));
    if (!sheaves || !sheaf) return undefined;
    sheaves.delete(keyOf(of));
    if (sheaves.size === 0) this.#byService.delete(of.service);
    this.#bytes -= sizeOf(sheaf);
    return sheaf;
  }

  #put(sheaf: Sheaf): void {
    for (;;) {
      const excess = this.#bytes + sizeOf(sheaf) - this.#most;
      if (excess <= 0) break;
      const [oldest] = this.#byService.get(sheaf.service)?.values() ?? [];
      // A little more than that: a look at the first of a map costs what went from there before.
      const much = Math.max(excess, this.#most / 100);
      if (oldest) this.#shorten(oldest, much);
      else if (!shortened(sheaf, much) && !shortened(sheaf, excess)) return;
    }
    const sheaves = this.#byService.get(sheaf.service) ?? new Map<string, Sheaf>();
    this.#byService.set(sheaf.service, sheaves);
    sheaves.set(keyOf(sheaf), sheaf);
    this.#bytes += sizeOf(sheaf);
  }

  #shorten(sheaf: Sheaf, excess: number): void {
    const before = sizeOf(sheaf);
    if (shortened(sheaf, excess)) this.#bytes -= before - sizeOf(sheaf);
    else this.#taken(sheaf);
  }
}

function sheafOf({ service, server, netmask }: LeftClients): Sheaf {
  const bytes = SERVER_BYTES + 4 * (server.length + (netmask?.length ?? 0));
  return { service, server, netmask, ends: new Map(), bytes };
}

function keyOf({ server, netmask }: Pick<Sheaf, 'server' | 'netmask'>): string {
  return `${netmask ?? ''} ${server}`;
}

function sizeOf({ ends, bytes }: Sheaf): number {
  return bytes + ends.size * CLIENT_BYTES;
}

/** @returns false: it would be empty, and is as before */
function shortened({ ends }: Sheaf, excess: number): boolean {
  const most = ends.size - Math.ceil(excess / CLIENT_BYTES);
  if (most <= 0) return false;
  for (const client of ends.keys()) {
    if (ends.size <= most) break;
    ends.delete(client);
  }
  return true;
}

function rowsOf({ service, server, netmask, ends }: Sheaf): readonly LeftClients[] {
  const all = [...ends];
  const rows: LeftClients[] = [];
  for (let from = 0; from < all.length; from += A_ROW) {
    const some = all.slice(from, from + A_ROW);
    rows.push({
      ...{ service, server, netmask },
      clients: some.map(([client]) => client),
      ends: some.map(([, end]) => end),
    });
  }
  return rows;
}
