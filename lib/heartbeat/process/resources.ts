import type { Hold } from '../ownership/hold.ts';

/** What starts and stops the groups of haresources. One call ends before the next is made. */
export interface Resources {
  /** @returns the groups of which nothing runs, as they did not start */
  acquire(hold: Hold): Promise<Hold>;
  /** @returns  what could not be stopped, which was told to the log */
  release(hold: Hold): Promise<Hold>;
  /** Tells the network once more where the addresses are that run here. */
  announce(): void;
  /** Removes addresses of haresources that are found on this host though nobody has acquired them. */
  dropStray(): Promise<void>;
  /** Ends what runs of scripts and announcements; nothing is stopped by it. */
  close(): Promise<void>;
}
