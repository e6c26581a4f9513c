import type { Protocol } from './virtual-service.ts';

/** Which connections are meant: those that fit in every field given; none given: all. */
export interface ConnectionFilter {
  /** Service id. */
  readonly service?: string | undefined;
  /** Real server's id, or `fallback:ADDRESS:PORT`. */
  readonly server?: string | undefined;
  /** One connection: its {@link Connection.id}. */
  readonly id?: string | undefined;
}

/** A client's connection through the director; of UDP, a session. Times are ISO 8601 in UTC. */
export interface Connection {
  /** Names it as long as it lives; no two at once have the same. Letters, digits and `-`. */
  readonly id: string;
  readonly service: string;
  /** Real server's id, or `fallback:ADDRESS:PORT`; null: not connected to one yet. */
  readonly server: string | null;
  /** `192.0.2.7:51234`, `[2001:db8::7]:51234`. */
  readonly client: string;
  readonly protocol: Exclude<Protocol, 'fwm'>;
  /** `half-closed`: one direction has ended; `closing`: both have, but for the last word, of which only
   *  the kernel knows. What is over is not listed, though the kernel may keep it in mind for minutes. */
  readonly state: 'opening' | 'open' | 'half-closed' | 'closing';
  /** When it began; null where the engine cannot know. */
  readonly since: string | null;
  /** From the client and to it; null where nobody counts. */
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
}

/** Which persistence entries are meant, as {@link ConnectionFilter}. */
export interface PersistenceFilter {
  readonly service?: string | undefined;
  readonly server?: string | undefined;
  /** A client's address: the entry that holds for it. */
  readonly client?: string | undefined;
}

/** Clients that go to the same server again. */
export interface PersistenceEntry {
  readonly service: string;
  readonly server: string;
  /** An address, or a network where the service has a netmask: `192.0.2.0/24`. */
  readonly client: string;
  /** Left, when no connection of it comes or is open. */
  readonly expiresSeconds: number;
}

/** The first of many, and how many there are. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** What fits the filter, be it listed or not. */
  readonly total: number;
}

/** What goes through an engine. All reject with words for the operator where the engine cannot. */
export interface Traffic {
  /** @param most  listed at most; 0: the number only */
  connections(filter: ConnectionFilter, most: number): Promise<Listed<Connection>>;
  /** Ends them: both sides see a reset. @returns how many */
  end(filter: ConnectionFilter): Promise<number>;
  persistence(
    filter: PersistenceFilter,
    most: number,
  ): Promise<Listed<PersistenceEntry>>;
  /** Their clients are scheduled anew at their next connection. @returns how many */
  forget(filter: PersistenceFilter): Promise<number>;
}
