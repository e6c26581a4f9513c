import type { Socket } from 'node:net';
import { addressBytes, unmapped } from '../../../model/address-bytes.ts';
import type { Logged } from '../../../model/connection-log.ts';
import type { Client } from '../../../model/scheduler.ts';
import type { Admission } from '../admission.ts';
import type { FromWorker } from '../protocol.ts';
import type { Batch } from './batch.ts';
import type { BufferPool } from './buffers.ts';
import type { Duplicates } from './duplicates.ts';
import type { LinePost } from './log/line-post.ts';
import type { RealServer } from './real-server.ts';
import type { Sources } from './sources.ts';
import type { Switchboard } from './switchboard.ts';
import type { TimerWheel } from './timer-wheel.ts';
import type { UdpDesk } from './udp/udp-desk.ts';

/** How long a connection may be silent, in milliseconds. */
export interface Timeouts {
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly halfClosedTimeoutMs: number;
  /** As in {@link CarriedService}. */
  readonly maxAgeMs: number | undefined;
  readonly maxAgeJitter: number;
  readonly keepaliveMs: number;
}

/** What the connections of one worker have in common. */
export interface Desk {
  readonly wheel: TimerWheel;
  readonly batch: Batch;
  readonly buffers: BufferPool;
  readonly admission: Admission;
  readonly udp: UdpDesk;
  /** Of sockets that the director was passed. */
  readonly duplicates: Pick<Duplicates, 'take'>;
  /** To the connection log. */
  readonly lines: LinePost;
  tell(message: FromWorker): void;
}

/** The service that a connection came in on; `timeouts` may change in its life. */
export interface Line {
  readonly id: string;
  readonly switchboard: Switchboard;
  readonly timeouts: Timeouts;
  readonly logged: Logged;
  /** Of connections to real servers; undefined: the kernel chooses. */
  readonly sources: Sources | undefined;
}

/** A socket's peer as schedulers see it; asked for its address only when one wants to know. */
export class SocketClient implements Client {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Empty when the client has gone already. */
  get address(): Uint8Array {
    return unmapped(addressBytes(this.#socket.remoteAddress ?? ''));
  }

  get port(): number {
    return this.#socket.remotePort ?? 0;
  }
}

export type Tried = readonly RealServer[];
