import type { Listeners } from './listeners.ts';
import type { CheckOptions } from './options.ts';
import type { Processors } from './processors.ts';

/** What a measurement works with. */
export interface Bench {
  readonly options: CheckOptions;
  readonly processors: Processors;
  readonly listeners: Listeners;
  /** For configs, logs and the control socket. */
  readonly folder: string;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Progress, a line at a time. */
  readonly say: (text: string) => void;
}
