/** A resource of haresources that can be started and stopped on this host. */
export interface Runnable {
  /** As the log names it: its word in haresources. */
  readonly word: string;
  /** Starts it unless it runs. Rejects with what the operator has to know. */
  start(signal: AbortSignal): Promise<void>;
  /** Stops it, and is content where it does not run. Rejects as `start` does. */
  stop(signal: AbortSignal): Promise<void>;
  isRunning(signal: AbortSignal): Promise<boolean>;
}
