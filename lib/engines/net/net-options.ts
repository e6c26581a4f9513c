import type { EngineOptions } from '../factory.ts';

/** What the engine may be told besides. */
export interface NetOptions extends EngineOptions {
  /** Where procfs is mounted; default `/proc`. */
  readonly proc?: string;
  /** Which director of this host may capture what comes for its services; undefined: none does. */
  readonly captureAs?: string | undefined;
  /** Module of a worker thread; default this engine's own. */
  readonly workerScript?: URL;
}
