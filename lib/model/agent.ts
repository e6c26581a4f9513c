import type { AdminState } from './override.ts';

/** What one line of an agent says; what is absent stays as it was. */
export interface AgentWords {
  /** Of the configured weight; 0 or more, also above 100. */
  readonly percent?: number;
  readonly state?: AdminState;
  /** `down`: though its checks may be good. */
  readonly health?: 'up' | 'down';
  /** Of `down`: the agent's own word with its description: `fail (disk full)`. */
  readonly reason?: string;
  /** Most connections, which nothing here heeds. */
  readonly maxconn?: number;
  /** The first word that has no meaning. */
  readonly unknown?: string;
}

/** All that an agent has said so far, in force until it says something else. */
export interface AgentSaid {
  /** Null: it has never named one, and 100 holds. */
  readonly percent: number | null;
  readonly state: AdminState;
  /** Why the server is down; null: the agent does not hold it down. */
  readonly down: string | null;
}

/** What it has said, in few words: `50%, drain`, `fail (disk full)`, `ready`. */
export function agentText({ percent, state, down }: AgentSaid): string {
  const words = [
    ...(percent === null ? [] : [`${percent}%`]),
    ...(state === 'ready' ? [] : [state]),
    ...(down === null ? [] : [down]),
  ];
  return words.join(', ') || 'ready';
}

/** An agent to be asked again and again. */
export interface AgentPlan {
  /** The real server, numeric, no brackets. */
  readonly address: string;
  readonly port: number;
  /** Bytes, each one character (latin1), sent at once; empty: nothing is. */
  readonly send: string;
  /** From the start of one question to the start of the next. */
  readonly intervalMs: number;
  /** For connection and line together. */
  readonly timeoutMs: number;
}

/** What came of one question. */
export interface AgentReport {
  /** Wall clock, milliseconds since 1970, when it ended. */
  readonly at: number;
  readonly durationMs: number;
  /** The line in printable characters; undefined: none came. */
  readonly line: string | undefined;
  /** Of that line; empty where none came. */
  readonly words: AgentWords;
  /** Why no line came: `connect ECONNREFUSED 10.0.0.2:9990`; undefined: one did. */
  readonly problem: string | undefined;
}

/** Asks agents on time, none waiting for another. Plans that are equal are asked once, and each
 *  subscriber is told. */
export interface AgentRunner {
  /** The first question is asked at once. `on` is called from the event loop, never from within this
   *  call, and not after the subscription was disposed.
   *  @returns a handle; disposing it ends the question when nobody else wants it */
  subscribe(plan: AgentPlan, on: (report: AgentReport) => void): Disposable;
  /** Ends every question; settles when all have ended. */
  close(): Promise<void>;
}
