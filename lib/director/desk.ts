import type { DirectorEvent } from '../model/event.ts';
import type { Override, RealRef, Wish } from '../model/override.ts';
import type { Traffic } from '../model/traffic.ts';

/** A service, real server, connection or client that is not there. In words for the operator. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** It is there, and this cannot be done with it. In words for the operator. */
export class NotPossible extends Error {
  override readonly name = 'NotPossible';
}

/** What {@link Desk.change} did. */
export interface Changed extends RealRef {
  readonly before: Override | null;
  /** Null: all as the file and the checks say. */
  readonly after: Override | null;
  /** Why it would not outlive the director, though it is in force; in words for the operator. */
  readonly warning?: string;
}

export interface DrainOrder {
  /** Until then connections may end by themselves; 0: end them now. Milliseconds. */
  readonly withinMs: number;
  readonly by: string;
}

export interface Drained {
  /** Connections that had to be ended. */
  readonly ended: number;
  /** Persistence entries that were taken away. */
  readonly forgotten: number;
  readonly seconds: number;
  /** As {@link Changed.warning}, of the server's being in `drain`. */
  readonly warning?: string;
}

/** What operators change while the director runs. Every change is written to an audit line and told
 *  as an event; `by` says who. */
export interface Desk extends Pick<Traffic, 'connections' | 'persistence'> {
  /** Settles when the engine has it and it would outlive this process, or that has taken longer than 2 s.
   *  @throws NotFound, NotPossible */
  change(real: RealRef, wish: Wish, by: string): Promise<Changed>;
  /** No new clients from now on; persisting ones may come until the deadline. Resolves when no
   *  connection and no persistence entry is left: what is left at the deadline is ended. The server
   *  stays in `drain`. One who no longer waits changes nothing about it; a later change() of the same
   *  server ends it, and it rejects with NotPossible. @throws NotFound */
  drain(real: RealRef, order: DrainOrder): Promise<Drained>;
  /** As {@link Traffic.end}. @throws NotFound when the filter has an id and there is none */
  end(filter: Parameters<Traffic['end']>[0], by: string): Promise<number>;
  /** As {@link Traffic.forget}. */
  forget(filter: Parameters<Traffic['forget']>[0], by: string): Promise<number>;
  readonly events: EventLog;
}

/** A drain whose server is not empty yet. */
export interface WaitingDrain extends RealRef {
  /** To its deadline, milliseconds on the monotonic clock; 0: it has come. */
  readonly leftMs: number;
  readonly by: string;
}

/** As one director hands it on to another. */
export interface HeritableDesk extends Desk {
  /** Whether there is such a real server, no fallback. */
  has(real: RealRef): boolean;
  waiting(): readonly WaitingDrain[];
  /** Goes on with one, where its server is still in `drain`: the log says how it ends. Never rejects.
   *  @param inForce  settles when the engines have what was changed; absent: they have */
  resume(drain: WaitingDrain, inForce?: Promise<unknown>): Promise<void>;
}

/** The last 1,000 things that happened. */
export interface EventLog {
  /** Those behind that id, the oldest first; 0: all that are kept. */
  since(id: number): readonly DirectorEvent[];
  /** From now on, in order. Disposing ends it. */
  observe(on: (event: DirectorEvent) => void): Disposable;
}
