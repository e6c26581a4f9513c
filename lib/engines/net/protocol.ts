import type { Family } from '../../model/address.ts';
import type { Logged } from '../../model/connection-log.ts';
import type { LeftClients } from '../../model/heritage.ts';
import type { ProxyVersion } from '../../model/proxy-header.ts';
import type { Answer, Question } from './crew/question.ts';

/** A real server as workers know it. */
export interface CarriedServer {
  readonly id: string;
  /** Its record, and which of the record's lives this is: a record is used again only under
   *  a new generation and with nothing open. */
  readonly record: number;
  readonly generation: number;
  readonly address: string;
  readonly port: number;
  /** Why it is never dialled. */
  readonly problem: string | undefined;
  /** Its connections end, and its clients are forgotten. */
  readonly cut: boolean;
}

/** How UDP is carried: a session for each port of a client; or each packet by itself with its one
 *  answer; or the same with DNS, where the answer repeats the query's number. */
export type Datagrams = 'sessions' | 'exchanges' | 'queries';

/** A socket that the director was passed, and the worker that accepts there; where one worker carries the
 *  service alone, that one does. */
export interface SocketSeat {
  readonly descriptor: number;
  readonly worker: number;
}

/** The limits of `[limits]` that a service has. */
export interface CarriedLimits {
  /** Networks with commas between, as one text, which costs little to send and to compare; empty: none. */
  readonly allow: string;
  readonly deny: string;
  /** Of one source at once, and new ones in a window; 0: any number. */
  readonly connections: number;
  readonly rate: number;
  readonly windowMs: number;
  /** An IPv6 source is a network of so many bits. */
  readonly netmask6: number;
}

/** How clients wait for a place. */
export interface CarriedQueue {
  /** So many at once, over all workers; 0: none. */
  readonly most: number;
  readonly timeoutMs: number;
  /** One that has ended its direction waits no more. */
  readonly abortOnClose: boolean;
}

/** Where the names that TLS clients ask for lead. */
export interface CarriedNames {
  /** A name of `hostPattern`, and a service's id. */
  readonly targets: readonly (readonly [name: string, service: string])[];
  /** Who asks for none of them is served by the service itself. */
  readonly servesRest: boolean;
  readonly timeoutMs: number;
}

/** A virtual service as workers know it. Weights and thresholds stand in the records. */
export interface CarriedService {
  readonly id: string;
  readonly record: number;
  /** Undefined: it is TCP. */
  readonly datagrams: Datagrams | undefined;
  readonly family: Family;
  readonly address: string;
  readonly port: number;
  /** A name of the registry of schedulers. */
  readonly scheduler: string;
  readonly flags: readonly string[];
  /** Undefined: no persistence. */
  readonly persistentMs: number | undefined;
  readonly netmask: string | undefined;
  readonly connectTimeoutMs: number;
  /** UDP: the session's time, or that of the answer. */
  readonly idleTimeoutMs: number;
  readonly halfClosedTimeoutMs: number;
  /** A connection ends at that age, or by this share of it later; undefined: at none. */
  readonly maxAgeMs: number | undefined;
  readonly maxAgeJitter: number;
  /** From so long without a byte on the kernel asks peers if they live; Infinity: never. */
  readonly keepaliveMs: number;
  /** Addresses that connections to real servers come from; none: the kernel chooses. */
  readonly sources: readonly string[];
  /** Which of its connections have a line in the log. */
  readonly logged: Logged;
  /** Of the header that servers are sent; undefined: none. */
  readonly sendProxy: ProxyVersion | undefined;
  /** Networks whose clients begin with a header, for which so long is waited. */
  readonly acceptProxy: readonly string[];
  readonly headerTimeoutMs: number;
  /** Undefined: clients are not asked for a name. */
  readonly names: CarriedNames | undefined;
  /** The service's own, where `port` is another that the kernel leads to. */
  readonly askedPort: number;
  /** Each connection that fails at a server is told of. */
  readonly tellsFailures: boolean;
  /** Undefined: it has none. */
  readonly limits: CarriedLimits | undefined;
  /** Undefined: nobody waits. */
  readonly queue: CarriedQueue | undefined;
  /** A client that persists is held to its server though that is full. */
  readonly holds: boolean;
  /** In the table's order. */
  readonly servers: readonly CarriedServer[];
  /** False: no listener for now, whatever the weights are. */
  readonly listen: boolean;
  /** The worker that carries it alone; undefined: all do. */
  readonly home: number | undefined;
  /** Where it listens; none: on what workers open. The same as long as the director lives. */
  readonly sockets: readonly SocketSeat[];
}

/** A server that left a service's table. */
export interface Dismissal {
  readonly service: string;
  readonly record: number;
  readonly reset: boolean;
}

/** What changed in the table since the last one; all of it for a worker that is new. */
export interface TableChange {
  /** New or changed. */
  readonly services: readonly CarriedService[];
  readonly gone: readonly string[];
  readonly dismissed: readonly Dismissal[];
}

/** A listening socket of a service that one worker has, and another is to have, with all who wait in its queue. */
export interface Handover {
  readonly service: string;
  /** The first worker's. */
  readonly descriptor: number;
  readonly port: number;
  readonly from: number;
  readonly to: number;
}

/** So many of the oldest connections of a server are to end, of those that are older than that. */
export interface Retirement {
  readonly type: 'retire';
  readonly record: number;
  readonly count: number;
  readonly olderThanMs: number;
  /** Workers to ask yet for what this one has not got. */
  readonly others: number;
}

export type ToWorker =
  | { readonly type: 'segment'; readonly buffer: SharedArrayBuffer }
  | {
      readonly type: 'change';
      readonly sequence: number;
      readonly change: TableChange;
    }
  /** Try again to open the listeners of these services. */
  | {
      readonly type: 'listen';
      readonly sequence: number;
      readonly services: readonly string[];
    }
  /** Listening sockets go on to other workers with the next change. */
  | {
      readonly type: 'hand-over';
      readonly sequence: number;
      readonly handovers: readonly Handover[];
    }
  /** A server has refused another worker's datagram. */
  | { readonly type: 'refused'; readonly service: string; readonly server: string }
  /** Answered in parts, of which the last says so. */
  | {
      readonly type: 'question';
      readonly sequence: number;
      readonly question: Question;
    }
  /** A place of the service may have become free, and somebody waits for it here. */
  | { readonly type: 'freed'; readonly service: string }
  | Retirement
  /** Clients of an earlier run, or `merges`: of another director, for the worker that carries their service. Their
   *  server is in the table, or was a moment ago, or it is `coming` with the next change. */
  | {
      readonly type: 'left';
      readonly left: LeftClients;
      readonly merges?: 'there' | 'coming';
    }
  /** The main thread has taken one of its `lines`. */
  | { readonly type: 'taken' }
  | { readonly type: 'close' };

/** How a service's listener is in one worker. */
export type ListenReport =
  | {
      readonly id: string;
      readonly state: 'listening' | 'idle';
      /** Its listening sockets that could go on to another worker. */
      readonly descriptors?: readonly number[] | undefined;
    }
  /** `code`: the error's, as in EADDRINUSE. */
  | { readonly id: string; readonly state: 'failed'; readonly code: string };

/** What workers tell besides: a closed set, so that each is said once a minute. */
export type NoticeKind =
  | 'source-ports'
  | 'own-address'
  | 'full'
  | 'sessions'
  | 'source'
  | 'accept'
  | 'header'
  | 'hello'
  | 'worker'
  | 'stuck'
  | 'question'
  | 'move';

export type FromWorker =
  | {
      readonly type: 'applied';
      readonly sequence: number;
      readonly reports: readonly ListenReport[];
    }
  | { readonly type: 'listener'; readonly report: ListenReport }
  | {
      readonly type: 'connect-failed';
      readonly service: string;
      readonly server: string;
      readonly reason: string;
    }
  /** As the engine's event. */
  | {
      readonly type: 'traffic-failed';
      readonly service: string;
      readonly server: string;
      readonly failures: number;
      readonly reason: string;
    }
  /** A server has refused a datagram: the other workers are to know. */
  | { readonly type: 'refused'; readonly service: string; readonly server: string }
  /** A place of the service may have become free: somebody waits for it in that worker. */
  | { readonly type: 'freed'; readonly service: string; readonly worker: number }
  /** What that worker is to end in the place of this one. */
  | (Retirement & { readonly worker: number })
  | { readonly type: 'notice'; readonly kind: NoticeKind; readonly about: string }
  /** Of the connection log, as a {@link ConnectionSink} takes them. */
  | {
      readonly type: 'lines';
      readonly text: string;
      readonly lines: number;
      readonly dropped: number;
    }
  | Answer;

/** What a worker says that answers nothing. */
export type Told = Exclude<FromWorker, { readonly type: 'applied' | 'answer' }>;

/** What a worker is started with. */
export interface WorkerStart {
  readonly worker: number;
  readonly workers: number;
  /** Whether listeners have SO_REUSEPORT. */
  readonly shares: boolean;
  readonly segments: readonly SharedArrayBuffer[];
  /** Of `admissionMemory`: what all workers have open and may have. */
  readonly admission: SharedArrayBuffer;
  /** Of `sourceMemory`: what each source has open. */
  readonly sources: SharedArrayBuffer;
  /** Of `pulseMemory`: that its event loop turns. */
  readonly pulses: SharedArrayBuffer;
}
