import type { Server, Socket } from 'node:net';

interface Limits {
  /** Clients at once. */
  readonly most: number;
  /** Without a byte either way. */
  readonly silenceMs: number;
  /** From accept to the end, whatever it does. */
  readonly lifetimeMs: number;
}

/** The bounded set of a server's clients. */
export interface Clients {
  /** From now on its request is being answered, and it is not dropped to make room.
   *  @returns false when that was so before: this is its second request */
  serve(client: Socket): boolean;
  /** Drops every client at once. */
  drop(): void;
}

/** Keeps the clients of a server few and short-lived. One too many drops the oldest that has not
 *  asked for anything, so that idle ones never keep out one who asks. */
export function boundClients(server: Server, limits: Limits): Clients {
  /** In the order they came; true: being served. */
  const clients = new Map<Socket, boolean>();

  server.on('connection', (client: Socket) => {
    if (clients.size >= limits.most) (oldestIdle(clients) ?? client).destroy();
    if (client.destroyed) return;
    clients.set(client, false);
    const end = setTimeout(() => client.destroy(), limits.lifetimeMs);
    client.setTimeout(limits.silenceMs, () => client.destroy());
    client.on('error', () => client.destroy());
    client.on('close', () => {
      clearTimeout(end);
      clients.delete(client);
    });
  });

  return {
    serve(client) {
      const first = clients.get(client) === false;
      if (first) clients.set(client, true);
      return first;
    },
    drop() {
      for (const client of clients.keys()) client.destroy();
    },
  };
}

function oldestIdle(clients: ReadonlyMap<Socket, boolean>): Socket | undefined {
  for (const [client, serving] of clients)
    if (!serving && !client.destroyed) return client;
  return undefined;
}
