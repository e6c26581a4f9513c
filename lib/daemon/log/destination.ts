/** Where the lines of one log go. */
export interface Destination {
  /** One message, without newline. Never fails and never waits. */
  write(message: string, at: Date): void;
  /** Flushes. @returns false when a write is stuck after `timeoutMs` */
  close(timeoutMs: number): Promise<boolean>;
}
