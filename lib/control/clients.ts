import type { Server, Socket } from 'node:net';

/** Who stays long: one who follows a stream, or waits for an answer. */
export type Hold = 'follower' | 'waiter';

interface Limits {
  /** Clients at once. */
  readonly most: number;
  /** Without a byte either way. */
  readonly silenceMs: number;
  /** From accept to the end, whatever it does. */
  readonly lifetimeMs: number;
  /** Clients held at once, beside the others. */
  readonly held: Readonly<Record<Hold, number>>;
}

/** The bounded set of the clients of one server or more. */
export interface Clients {
  /** From now on its request is being answered, and it is not dropped to make room.
   *  @returns false when that was so before: this is its second request */
  serve(client: Socket): boolean;
  /** Takes one that is being served out of the limits of the others: it takes no room of theirs and
   *  may stay as long as it likes. @returns false: so many of its kind are held already */
  hold(client: Socket, as: Hold): boolean;
  /** It is held no longer: the limits of the others are its own again, from now on. */
  release(client: Socket): void;
  /** Its answer is on its way, and what becomes of that is its own doing: it goes when it takes nothing
   *  for the silence that others are allowed, and after 2 s when somebody needs its room. */
  sent(client: Socket): void;
  /** It is answered, and may stay for a further request: as long as nobody needs its room. */
  rest(client: Socket): void;
  /** It may live as long as it likes, but for that silence.
   *  @param silenceMs  above 0 */
  stay(client: Socket, silenceMs: number): void;
  /** Drops every client at once. */
  drop(): void;
}

/** So long nobody takes the room of one who reads its answer. */
const READING_MS = 2_000;

interface Client {
  /** Undefined: it counts among the others. */
  as: Hold | undefined;
  /** On the monotonic clock: until then it is not dropped to make room. */
  safeUntil: number;
  /** 0: no limit. */
  silenceMs: number;
  end: NodeJS.Timeout;
}

/** Keeps the clients of servers few and short-lived. One too many drops the oldest that is not
 *  being served, so that idle ones never keep out one who asks. */
export function boundClients(servers: readonly Server[], limits: Limits): Clients {
  const crowd = new Crowd(limits);
  for (const server of servers)
    server.on('connection', (client: Socket) => crowd.take(client));
  return crowd;
}

class Crowd implements Clients {
  readonly #limits: Limits;
  /** In the order they came. */
  readonly #clients = new Map<Socket, Client>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  take(client: Socket): void {
    if (this.#count(undefined) >= this.#limits.most)
      (this.#oldestIdle() ?? client).destroy();
    if (client.destroyed) return;
    const { silenceMs } = this.#limits;
    const end = this.#endOf(client);
    this.#clients.set(client, { as: undefined, safeUntil: 0, silenceMs, end });
    client.setTimeout(silenceMs);
    client.on('timeout', () => client.destroy());
    client.on('error', () => client.destroy());
    client.on('close', () => {
      clearTimeout(this.#clients.get(client)?.end);
      this.#clients.delete(client);
    });
  }

  serve(client: Socket): boolean {
    const entry = this.#clients.get(client);
    if (!entry || entry.safeUntil === Number.POSITIVE_INFINITY) return false;
    entry.safeUntil = Number.POSITIVE_INFINITY;
    client.setTimeout(entry.silenceMs);
    return true;
  }

  hold(client: Socket, as: Hold): boolean {
    const entry = this.#clients.get(client);
    if (!entry || this.#count(as) >= this.#limits.held[as]) return false;
    clearTimeout(entry.end);
    entry.as = as;
    entry.silenceMs = 0;
    client.setTimeout(0);
    return true;
  }

  release(client: Socket): void {
    const entry = this.#clients.get(client);
    if (entry?.as === undefined) return;
    entry.as = undefined;
    entry.silenceMs = this.#limits.silenceMs;
    entry.end = this.#endOf(client);
    client.setTimeout(entry.silenceMs);
  }

  sent(client: Socket): void {
    const entry = this.#clients.get(client);
    if (!entry) return;
    entry.safeUntil = performance.now() + READING_MS;
    const { silenceMs } = this.#limits;
    client.setTimeout(Math.min(entry.silenceMs || silenceMs, silenceMs));
  }

  rest(client: Socket): void {
    const entry = this.#clients.get(client);
    if (entry) entry.safeUntil = 0;
    // Those who were held came back without asking for room.
    if (this.#count(undefined) > this.#limits.most) this.#oldestIdle()?.destroy();
  }

  stay(client: Socket, silenceMs: number): void {
    const entry = this.#clients.get(client);
    if (!entry) return;
    clearTimeout(entry.end);
    entry.silenceMs = silenceMs;
    client.setTimeout(silenceMs);
  }

  drop(): void {
    for (const client of this.#clients.keys()) client.destroy();
  }

  #endOf(client: Socket): NodeJS.Timeout {
    return setTimeout(() => client.destroy(), this.#limits.lifetimeMs);
  }

  #count(as: Hold | undefined): number {
    const alive = [...this.#clients].filter(([client]) => !client.destroyed);
    return alive.filter(([, one]) => one.as === as).length;
  }

  #oldestIdle(): Socket | undefined {
    const now = performance.now();
    for (const [client, { as, safeUntil }] of this.#clients)
      if (as === undefined && safeUntil <= now && !client.destroyed) return client;
    return undefined;
  }
}

/** Several of them as one.
 *  @param of  whose a client is */
export function together(
  crowds: readonly Clients[],
  of: (client: Socket) => Clients,
): Clients {
  return {
    serve: (client) => of(client).serve(client),
    hold: (client, as) => of(client).hold(client, as),
    release: (client) => of(client).release(client),
    sent: (client) => of(client).sent(client),
    rest: (client) => of(client).rest(client),
    stay: (client, silenceMs) => of(client).stay(client, silenceMs),
    drop() {
      for (const crowd of crowds) crowd.drop();
    },
  };
}
