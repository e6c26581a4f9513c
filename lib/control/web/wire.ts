import type { DirectorEvent } from '../../model/event.ts';
import type { Override, RealRef } from '../../model/override.ts';
import type { CheckRecord, RealStatus, ServiceStatus } from '../../model/status.ts';

// What goes between the page and its server, as JSON. Types only: the browser has them too.

/** What the page says of the director as a whole. */
export interface Head {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly config: string;
  readonly configError: string | null;
  readonly mailProblem: string | null;
  readonly webhookProblem: string | null;
  readonly commandProblem: string | null;
}

export interface Picture {
  /** Milliseconds on a monotonic clock: what rates are worked out with. */
  readonly t: number;
  readonly head: Head;
  readonly services: readonly ServiceStatus[];
}

/** A service's own fields. */
export type ServiceFields = Omit<ServiceStatus, 'reals'>;

/** Fields that have another value than in the picture before. */
export interface Changes {
  readonly t: number;
  readonly head: Partial<Head>;
  /** By service id. */
  readonly services: Readonly<Record<string, Partial<ServiceFields>>>;
  /** By service id, then real server's id. */
  readonly reals: Readonly<
    Record<string, Readonly<Record<string, Partial<RealStatus>>>>
  >;
}

/** What became of a drain that somebody ordered on the page. */
export interface DrainEnd extends RealRef {
  /** Null: it went to its end. */
  readonly problem: string | null;
  readonly ended: number;
  readonly seconds: number;
  /** As that of a change: the server would not be in `drain` any more. */
  readonly warning?: string;
}

/** One message of `GET /api/live`. */
export type Message =
  /** All of it: at the beginning, and when services or real servers come and go. */
  | {
      readonly type: 'picture';
      readonly picture: Picture;
      readonly events: readonly DirectorEvent[];
    }
  | { readonly type: 'changes'; readonly changes: Changes }
  | { readonly type: 'event'; readonly event: DirectorEvent }
  | { readonly type: 'drained'; readonly drained: DrainEnd }
  /** The director does not answer. */
  | { readonly type: 'trouble'; readonly message: string };

/** `GET /api/session`, and the answer to a login. */
export interface SessionInfo {
  /** Null: there are no users, and whoever reaches the page may use it. */
  readonly user: string | null;
  readonly mayChange: boolean;
  /** Goes along with every change, as `x-csrf-token`. */
  readonly csrf: string;
}

/** `GET /api/checks`. */
export interface ChecksAnswer {
  readonly checks: readonly CheckRecord[];
}

/** The answer to a change or a drain. */
export interface ChangedAnswer extends RealRef {
  readonly before: Override | null;
  /** Why it would not outlive the director, though it is in force. */
  readonly warning?: string;
}

/** What a refusal says. */
export interface RefusalAnswer {
  readonly error: string;
}
