import type { ServerStats, ServiceStats } from './engine.ts';

/** What a service's counters had come to when a run of a director ended. */
export interface LeftNumbers
  extends Pick<
    ServiceStats,
    | 'id'
    | 'acceptedConnections'
    | 'refusedConnections'
    | 'retries'
    | 'proxyHeaderErrors'
    | 'sniUnmatched'
    | 'sniErrors'
  > {
  readonly servers: readonly LeftServerNumbers[];
}

/** And those of a server. */
export type LeftServerNumbers = Pick<
  ServerStats,
  'id' | 'totalConnections' | 'bytesIn' | 'bytesOut' | 'connectFailures'
>;

/** Clients of a real server that persist, as one run of a director leaves them to the next. */
export interface LeftClients {
  /** Ids. */
  readonly service: string;
  readonly server: string;
  /** The service's; under another one other clients persist together. */
  readonly netmask: string | null;
  /** Their addresses under the netmask, as hex digits. */
  readonly clients: readonly string[];
  /** When the time of each is over; milliseconds since 1970. */
  readonly ends: readonly number[];
}

/** What has become of clients that persist since the last time that was asked. */
export interface ClientNews {
  /** Of {@link LeftClients} in JSON; an end of 0: the client was forgotten there. */
  readonly texts: readonly string[];
  /** Whether that is all; false: only all that there are now tells it. */
  readonly isAll: boolean;
}

/** What an engine leaves to the next run, where nobody but this process has it. */
export interface Heritage {
  /** Of the clients that persist so many, of each service the newest: texts of {@link LeftClients} in
   *  JSON, as there may be a hundred thousand. Takes its time, so that traffic has its own.
   *  @param most  of all services
   *  @throws Error where not all can be known: what was known before is more */
  clients(most: number): Promise<readonly string[]>;
  /** Goes on with those of an earlier run, each when its server is in the table, of a service whose
   *  clients persist under the same netmask. A client that has come since knows better. */
  take(left: readonly LeftClients[]): void;
  /** Where clients can be read again whom a thread of the engine knew that has ended. */
  readAgain(read: () => Promise<readonly LeftClients[]>): void;
  /** Clients that have come, or come again, since the last call; the first call begins to note them. Costs what
   *  there is to tell, however many persist. Never rejects. */
  news(): Promise<ClientNews>;
  /** Nothing is noted any more. */
  endNews(): void;
  /** Takes what another director that is at work knows of clients, of services that there are: of two that know
   *  a client the one where it came last is right, and one with connections here stays. What is for servers that
   *  are not in the table waits for them, up to a bound. */
  merge(left: readonly LeftClients[]): void;
  numbers(): readonly LeftNumbers[];
  /** Counts on from there, as long as the servers stay in the table or come into it for the first time. Once
   *  only. */
  count(left: readonly LeftNumbers[]): void;
}
