import type { Heritage } from './heritage.ts';
import type { LimitStats } from './limits.ts';
import type { Traffic } from './traffic.ts';
import type {
  EngineName,
  ForwardingMethod,
  VirtualService,
} from './virtual-service.ts';

/** A server that is in force for a service, as the pool wants it. */
export interface ServerEntry {
  /** Real server's id, or `fallback:ADDRESS:PORT`. */
  readonly id: string;
  readonly address: string;
  /** Where connections go: the destination-port rule is done. */
  readonly port: number;
  readonly method: ForwardingMethod;
  /** 0 = quiesced: no new connections but persistent ones. */
  readonly weight: number;
  /** While a server of the service warms up, when all weights are others: the part of its own weight that it
   *  is to have; absent: the weight. */
  readonly share?: number;
  readonly lower: number;
  readonly upper: number;
  readonly fallback: boolean;
  /** It stands in for others, be it a spare or a fallback that is checked. */
  readonly reserve?: true;
  /** What becomes of its connections when the entry vanishes from the table; those of a server that its name
   *  does not name any more ({@link endsAtRemoval}) go on all the same. */
  readonly onRemoval: 'reset' | 'keep';
  /** Its connections end and its clients are forgotten, though it stays in the table. */
  readonly cut?: true;
}

export interface ServiceEntry {
  readonly service: VirtualService;
  /** In the order of the config; ids are unique. */
  readonly servers: readonly ServerEntry[];
  /** It is on its way here from another engine, which lets go once this one carries it: that its
   *  address is taken in a kernel's table is no obstacle. */
  readonly arriving?: true;
}

/** What should be in force. An entry that is the same object as in the last call is unchanged. */
export type ServiceTable = readonly ServiceEntry[];

/** `carried`: traffic flows; a `problem` says what part of it is not in force. `idle`: no server to
 *  send to, so it does not listen and clients are refused. The others say in `problem` why, and how
 *  to mend it: none of the service's traffic is taken then, since another engine may still have it. */
export interface ServiceOutcome {
  /** Service id. */
  readonly id: string;
  readonly state: 'carried' | 'idle' | 'waiting-for-address' | 'failed';
  readonly problem?: string;
}

export interface ServerStats {
  readonly id: string;
  /** Both directions open; of UDP, sessions. */
  readonly activeConnections: number;
  /** Half-closed. */
  readonly inactiveConnections: number;
  readonly totalConnections: number;
  /** Bytes from clients, and to clients. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Dials that were refused, timed out or unreachable. */
  readonly connectFailures: number;
}

export interface ServiceStats {
  readonly id: string;
  /** In the table's order, then servers that left it and still have connections. */
  readonly servers: readonly ServerStats[];
  readonly acceptedConnections: number;
  /** Accepted and reset, or lost (UDP): nothing eligible, or every dial failed. */
  readonly refusedConnections: number;
  /** Dials made again at another server. */
  readonly retries: number;
  /** Accepted and reset: without a good PROXY header, where one was expected. */
  readonly proxyHeaderErrors: number;
  /** Ended by max-age and rebalance. Absent: it does neither. */
  readonly retiredConnections?: number;
  /** Clients who asked for no name of `sni`, served by the service's own servers or reset; and those that were
   *  reset since no whole ClientHello came. Absent: it leads nobody by names. */
  readonly sniUnmatched?: number;
  readonly sniErrors?: number;
  /** Live persistence entries. */
  readonly persistenceEntries: number;
  /** Absent: the engine has none of them. */
  readonly limits?: LimitStats;
}

/** One thread of an engine that has several. */
export interface WorkerStats {
  readonly openConnections: number;
  /** Since the engine's start. */
  readonly acceptedConnections: number;
  /** How often it ended unasked, and another took its place. */
  readonly restarts: number;
}

/** What an engine was told so far. */
export interface EngineWork {
  readonly engine: EngineName;
  /** Tables that it was given. */
  readonly applies: number;
  /** Of these it threw at. */
  readonly failures: number;
  /** That it took for them, in all and for the last one. */
  readonly seconds: number;
  readonly lastSeconds: number;
}

export type EngineEvent =
  | { readonly type: 'outcome'; readonly outcome: ServiceOutcome }
  | {
      readonly type: 'connect-failed';
      readonly service: string;
      readonly server: string;
      readonly reason: string;
    }
  /** So many connections of clients failed at a server since the last such event: refused, timed out, or reset
   *  before the first byte of an answer. Of services that ask for it alone, and each is counted. */
  | {
      readonly type: 'traffic-failed';
      readonly service: string;
      readonly server: string;
      readonly failures: number;
      /** Of the last one. */
      readonly reason: string;
    }
  /** A line for the operator about the engine itself, at most one a minute of a kind. */
  | { readonly type: 'notice'; readonly message: string };

/** What an engine found in force for a service, of an earlier run. */
export interface RecoveredService {
  /** Service id. */
  readonly id: string;
  readonly servers: readonly RecoveredServer[];
}

export interface RecoveredServer {
  /** As {@link ServerEntry.id} would be. */
  readonly id: string;
  readonly weight: number;
}

/** Makes the traffic follow a table. Told what should be, it converges; calling it twice
 *  changes nothing. */
export interface Engine {
  /** Why it cannot work on this machine, with the mend; undefined when it can. Asked at a start and
   *  at reloads, where a service leaves its engine to `auto` and this one carries nothing; one that is
   *  named says in its outcomes what it lacks, and goes on trying. It only looks: what happens to
   *  packets is as before, and IPVS, which would be there for good, is not loaded. Absent: it always
   *  can. */
  probe?(): Promise<string | undefined>;
  /** What this machine lacks for the service, though the engine can work here, with the mend; undefined:
   *  nothing. For `auto`, as {@link probe} is. */
  lacks?(service: VirtualService): string | undefined;
  /** What of the service it follows less closely than one that sees every connection begin and end,
   *  in words; undefined: nothing. Absent: it is that close. */
  inexact?(service: VirtualService): string | undefined;
  /** How it is known that what the service's servers answer comes back through this host, in
   *  words; undefined: it is not known. For an engine that needs it. */
  returnPath?(service: VirtualService): string | undefined;
  /** What looks wrong about that way before any packet has gone, with the mend; undefined: nothing
   *  does. What traffic shows later is in its outcomes. For an engine that needs it. */
  returnForesight?(service: VirtualService): string | undefined;
  /** Why it cannot carry the service, in words for the operator; undefined when it can. */
  refuses(service: VirtualService): string | undefined;
  /** Which real servers it would carry the service without, in words for the operator; undefined: with
   *  all. Absent: it takes all, or its outcomes say. */
  omits?(service: VirtualService): string | undefined;
  /** Whether an earlier run left anything in force that is this director's beyond doubt. A cheap
   *  look, at starts and at reloads, for as long as it was not asked to recover(): it changes nothing,
   *  loads no kernel module, and where it may not look there is nothing. Absent: nothing outlasts a
   *  run, or it cannot be told from what belongs to others. */
  left?(): Promise<boolean>;
  /** What an earlier run left in force for these services, so that a restart disturbs nothing. Asked
   *  once, before the first apply(): of all services where something was left(), else of those that
   *  it is to carry. What it does not know is left out. */
  recover(services: readonly VirtualService[]): Promise<readonly RecoveredService[]>;
  /** One outcome a service, in the table's order. Where something was left(), what the table does
   *  not have goes. Calls are serialised by the caller.
   *  @param beside  what other engines carry, for one that {@link dials} */
  apply(table: ServiceTable, beside?: ServiceTable): Promise<readonly ServiceOutcome[]>;
  /** It connects to real servers itself, and may come to what other engines carry: it is told of each change there.
   *  Absent: it does not. */
  readonly dials?: true;
  stats(): Promise<readonly ServiceStats[]>;
  /** What goes through it. */
  readonly traffic: Traffic;
  /** Absent: a kernel has all that is to outlive this process. */
  readonly heritage?: Heritage;
  /** How connections spread over its threads; empty where a kernel forwards. */
  workers(): readonly WorkerStats[];
  /** Whether a thread of it hangs that cannot be ended, so that only a new process goes on well. Absent: it
   *  has none. */
  isHopeless?(): boolean;
  /** For the director only; ends when the engine is closed. Bounded: the oldest is dropped. */
  readonly events: AsyncIterable<EngineEvent>;
  /** Takes no new clients from now on, and settles when the last connection has ended, or at the
   *  abort. No table may follow. Absent: there is nothing that would end with this process.
   *  @param shut  called when nobody is let in any more */
  leave?(hurry: AbortSignal, shut: () => void): Promise<void>;
  /** Ends listeners and connections. What a kernel holds stays in force with `clean: false`; else
   *  that of the services whose `cleanstop` is no does. Also asked of one that cannot work here, or
   *  was never given anything: that has nothing to end. */
  close(how: { readonly clean: boolean }): Promise<void>;
}
