import type { ConnectionSink } from '../model/connection-log.ts';
import type { Engine } from '../model/engine.ts';
import type { PassedSocket } from '../model/passed-socket.ts';

/** What every engine may be told at its start. */
export interface EngineOptions {
  /** Most client connections at once; undefined: what the file limit allows. */
  readonly maxConnections?: number | undefined;
  /** How many threads forward; `auto`: as many as there are processors; undefined: one. For an
   *  engine that forwards by itself. */
  readonly workers?: number | 'auto';
  /** A thread that forwards and whose event loop has not turned for so long is replaced; default 10,000. */
  readonly workerTimeoutMs?: number;
  /** Devices between which a kernel engine may hand on established connections past its rules. */
  readonly flowtable?: readonly string[];
  /** For an engine that sees every connection end; undefined: none has a line. */
  readonly connectionLog?: ConnectionSink | undefined;
  /** Which director of this host it works for: what it leaves in a kernel carries the name. */
  readonly instance?: string;
  /** Process that is to be shared addresses with until it lets go of them; undefined: none. */
  readonly predecessor?: number | undefined;
  /** Sockets to listen on instead of own ones, where a service has the same address and port. */
  readonly sockets?: readonly PassedSocket[];
}

/** The caller closes what it created. */
export type EngineFactory = (options: EngineOptions) => Engine;
