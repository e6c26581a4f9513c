import type { Desk } from '../../director/desk.ts';
import type { ReloadOutcome } from '../../director/plan.ts';
import type { StatusDocument } from '../../model/status.ts';
import type { Hold } from '../clients.ts';
import type { Figures } from './figures.ts';

/** What commands work on. */
export interface Room {
  status(checks: number): Promise<StatusDocument>;
  readonly desk: Desk;
  readonly figures: Figures;
  reload(by: string): Promise<ReloadOutcome>;
  plan(): Promise<ReloadOutcome>;
  /** Most client connections at once; undefined: not known. */
  readonly maxConnections: number | undefined;
}

/** Who gave a command, as far as the command has to do with it. */
export interface Caller {
  readonly mayChange: boolean;
  /** For the audit line: `uid 0 (root)`. */
  by(): Promise<string>;
  /** How long the connection may be silent, from the next command on. */
  patience(ms: number): void;
  /** From now on it waits. @returns false: so many do already */
  hold(as: Hold): boolean;
  /** Sends that before the command ends; resolves when there is room for more. */
  say(text: string): Promise<void>;
  /** Aborts when a key is pressed, or the client is gone. */
  readonly enough: AbortSignal;
}

/** One line command. */
export interface Command {
  /** What it begins with: `show stat`. */
  readonly name: string;
  /** What may follow, for the help. */
  readonly takes: string;
  readonly doc: string;
  /** Refused on a socket for reading. */
  readonly changes?: true;
  /** It takes as long as it takes, and its client waits. */
  readonly waits?: true;
  /** The answer; empty: done. Rejects with {@link Failure}, NotFound or NotPossible in words for
   *  the operator. @param words  those behind the name */
  readonly run: (
    words: readonly string[],
    room: Room,
    caller: Caller,
  ) => string | Promise<string>;
}

/** Where {@link Caller.hold} says no. */
export const TOO_MANY = 'Too many wait already.';

/** What is wrong with a command, as the answer says it. */
export class Failure extends Error {}
