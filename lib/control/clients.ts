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
  /** It is answered, and may stay for a further request: as long as nobody needs its room. */
  rest(client: Socket): void;
  /** It may live as long as it likes, but for that silence.
   *  @param silenceMs  above 0 */
  stay(client: Socket, silenceMs: number): void;
  /** Drops every client at once. */
  drop(): void;
}

/** Keeps the clients of servers few and short-lived. One too many drops the oldest that is not
 *  being served, so that idle ones never keep out one who asks. */
export function boundClients(servers: readonly Server[], limits: Limits): Clients {
  /** In the order they came. */
  const clients = new Map<Socket, { serving: boolean; readonly end: NodeJS.Timeout }>();
  const held: Readonly<Record<Hold, Set<Socket>>> = {
    follower: new Set(),
    waiter: new Set(),
  };

  const take = (client: Socket) => {
    if (clients.size >= limits.most) (oldestIdle(clients) ?? client).destroy();
    if (client.destroyed) return;
    const end = setTimeout(() => client.destroy(), limits.lifetimeMs);
    clients.set(client, { serving: false, end });
    client.setTimeout(limits.silenceMs, () => client.destroy());
    client.on('error', () => client.destroy());
    client.on('close', () => {
      clearTimeout(end);
      clients.delete(client);
      for (const kind of Object.values(held)) kind.delete(client);
    });
  };
  for (const server of servers) server.on('connection', take);

  return {
    serve(client) {
      const entry = clients.get(client);
      if (!entry || entry.serving) return false;
      entry.serving = true;
      return true;
    },
    hold(client, as) {
      const entry = clients.get(client);
      if (!entry || held[as].size >= limits.held[as]) return false;
      clearTimeout(entry.end);
      clients.delete(client);
      held[as].add(client);
      client.setTimeout(0);
      return true;
    },
    rest(client) {
      const entry = clients.get(client);
      if (entry) entry.serving = false;
    },
    stay(client, silenceMs) {
      clearTimeout(clients.get(client)?.end);
      client.setTimeout(silenceMs);
    },
    drop() {
      const all = [...clients.keys(), ...held.follower, ...held.waiter];
      for (const client of all) client.destroy();
    },
  };
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
    rest: (client) => of(client).rest(client),
    stay: (client, silenceMs) => of(client).stay(client, silenceMs),
    drop() {
      for (const crowd of crowds) crowd.drop();
    },
  };
}

function oldestIdle(
  clients: ReadonlyMap<Socket, { readonly serving: boolean }>,
): Socket | undefined {
  for (const [client, { serving }] of clients)
    if (!serving && !client.destroyed) return client;
  return undefined;
}
