import { addressBytes, unmapped } from '../../../model/address-bytes.ts';
import type { Logged } from '../../../model/connection-log.ts';
import type { Ends, ProxyVersion } from '../../../model/proxy-header.ts';
import type { Client } from '../../../model/scheduler.ts';
import type { Admission } from '../admission.ts';
import type { FromWorker } from '../protocol.ts';
import type { Batch } from './batch.ts';
import type { BufferPool } from './buffers.ts';
import type { Duplicates } from './duplicates.ts';
import type { Counting, Gate } from './gate.ts';
import type { LinePost } from './log/line-post.ts';
import type { OwnAddresses } from './own-addresses.ts';
import type { RealServer } from './real-server.ts';
import type { Switchboard } from './switchboard.ts';
import type { TimerWheel } from './timer-wheel.ts';
import type { UdpDesk } from './udp/udp-desk.ts';
import type { WaitingRoom } from './waiting-room.ts';

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
  readonly counting: Counting;
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
  /** Of the header that real servers are sent; undefined: none. */
  readonly sendProxy: ProxyVersion | undefined;
  /** Which port clients ask for, wherever the kernel leads them. */
  readonly askedPort: number;
  /** Each connection that fails at a server is told of. */
  readonly tellsFailures: boolean;
  /** Undefined: everybody is let in. */
  readonly gate: Gate | undefined;
  /** Undefined: nobody waits for a place. */
  readonly room: WaitingRoom | undefined;
  /** Of connections to real servers; undefined: the kernel chooses. */
  readonly ownAddresses: OwnAddresses | undefined;
}

/** A connection's client: 4 or 16 bytes, none when it has gone already. */
export function addressOf({ remoteAddress = '' }: Ends): Uint8Array {
  return unmapped(addressBytes(remoteAddress));
}

/** A connection's client as schedulers see it. A socket is asked for its peer's address only when one wants
 *  to know. */
export class EndsClient implements Client {
  readonly #ends: Ends;

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  /** Empty when the client has gone already. */
  get address(): Uint8Array {
    return addressOf(this.#ends);
  }

  get port(): number {
    return this.#ends.remotePort ?? 0;
  }
}

export type Tried = readonly RealServer[];
