import type { Message } from './message.ts';

/** What became of one attempt to tell something. */
export type Attempt =
  | { readonly taken: true }
  | {
      readonly taken: false;
      /** Whether another attempt makes sense. */
      readonly again: boolean;
      /** For people, one line. */
      readonly reason: string;
      /** The receiver asks to be left alone for so long. */
      readonly waitMs?: number | undefined;
    };

/** A way on which changes of one service are told to a program or to a server. */
export interface Hook {
  /** What log and status call it: `https://hooks.example.com`, `/usr/local/sbin/on-change`. */
  readonly name: string;
  /** How long after a change it is still worth telling. */
  readonly keepMs: number;
  /** One attempt, bounded in time. Never rejects.
   *  @param signal  ends it at once */
  send(message: Message, signal: AbortSignal): Promise<Attempt>;
}
