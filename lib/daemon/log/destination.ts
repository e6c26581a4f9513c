/** Where the lines of one log go. */
export interface Destination {
  /** One message, without newline. Never fails and never waits. */
  write(message: string, at: Date): void;
  /** Lines that were dropped since the start. */
  readonly dropped: number;
  /** Flushes. @returns false when a write is stuck after `timeoutMs` */
  close(timeoutMs: number): Promise<boolean>;
}
