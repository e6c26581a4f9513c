import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from './problem.ts';

/** An abstract Unix socket: it is one in a network namespace, as addresses are, needs no folder
 *  that two users share, and goes with its process. */
const FLOOR = '\0l4director listen';
const TRY_AGAIN_MS = 5;
/** Others open within that, threads that are being started included; and whoever sits on the name
 *  must not keep us from opening. */
const PATIENCE_MS = 30_000;

/** Those of the places that may be shared with whoever has them now, by service id. */
type SharedPlaces = (places: readonly Place[]) => Promise<ReadonlySet<string>>;

/** With SO_REUSEPORT two programs of one user can share an address in silence. So before workers
 *  share it among themselves it is bound without: that fails where anybody else listens. Between
 *  the two another director's bind would succeed as well; so one of them at a time. */
export class Claims {
  readonly #patienceMs: number;
  readonly #shared: SharedPlaces;
  #floor: Promise<Server | undefined> | undefined;
  #holders = 0;

  /** @param patienceMs  how long other directors may take before it goes on all the same
   *  @param shared      what is taken, and is no obstacle */
  constructor(patienceMs = PATIENCE_MS, shared: SharedPlaces = async () => new Set()) {
    this.#shared = shared;
    this.#patienceMs = patienceMs;
  }

  /** Several at once are well if they are about other places.
   *  @param open opens the places; told the error's code of each that somebody else holds, or
   *    that cannot be bound at all */
  async hold<T>(
    places: readonly Place[],
    open: (refused: ReadonlyMap<string, string>) => Promise<T>,
  ): Promise<T> {
    if (places.length === 0) return open(new Map());
    this.#holders++;
    try {
      this.#floor ??= takeFloor(this.#patienceMs);
      await this.#floor;
      const refused = await bindEach(places);
      const taken = places.filter(({ id }) => refused.get(id) === 'EADDRINUSE');
      const shared = taken.length > 0 ? await this.#shared(taken) : new Set();
      return await open(new Map([...refused].filter(([id]) => !shared.has(id))));
    } finally {
      if (--this.#holders === 0) await this.#leave();
    }
  }

  async #leave(): Promise<void> {
    const floor = this.#floor;
    this.#floor = undefined;
    (await floor)?.close();
  }
}

async function bindEach(
  places: readonly Place[],
): Promise<ReadonlyMap<string, string>> {
  const refused = new Map<string, string>();
  await Promise.all(
    places.map(async (place) => {
      const code = await bindAlone(place);
      if (code !== undefined) refused.set(place.id, code);
    }),
  );
  return refused;
}

async function takeFloor(patienceMs: number): Promise<Server | undefined> {
  const end = performance.now() + patienceMs;
  while (performance.now() < end) {
    const floor = createServer((socket) => socket.destroy());
    if ((await listening(floor, { path: FLOOR })) === undefined) return floor;
    await sleep(TRY_AGAIN_MS);
  }
  return undefined;
}

/** @returns the error's code */
async function bindAlone(place: Place): Promise<string | undefined> {
  return place.protocol === 'udp' ? bindDatagrams(place) : bindStream(place);
}

async function bindDatagrams({ address, port }: Place): Promise<string | undefined> {
  const ipv6Only = address.includes(':');
  const socket = createSocket({ type: ipv6Only ? 'udp6' : 'udp4', ipv6Only });
  try {
    await once(socket.bind({ address, port, exclusive: true }), 'listening');
    return undefined;
  } catch (error) {
    return codeOf(error);
  } finally {
    socket.close();
  }
}

/** Node cannot bind without listening: who comes in that moment is reset, and would have been
 *  refused before it. */
async function bindStream({ address, port }: Place): Promise<string | undefined> {
  const server = createServer((socket) => socket.destroy());
  const ipv6Only = address.includes(':');
  const code = await listening(server, { host: address, port, backlog: 1, ipv6Only });
  server.close();
  return code;
}

async function listening(
  server: Server,
  options: Parameters<Server['listen']>[0] & object,
): Promise<string | undefined> {
  try {
    await once(server.listen(options), 'listening');
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'failed';
}
