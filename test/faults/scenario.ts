import type { Stage } from './stage.ts';

/** What is measured of every scenario, and the most that may be. */
export interface Figures {
  /** Clients that did not get all they expected, less those whom the fault itself cost. */
  readonly lost: number;
  /** Longest that a client waited for an answer, in milliseconds. */
  readonly pauseMs: number;
  /** Resident memory at the end, over that at the begin, in KiB. */
  readonly memoryKiB: number;
  /** Open file descriptors at the end, over those at the begin. */
  readonly descriptors: number;
}

/** Further figures, by what they are called in the table. */
export type Further = Readonly<Record<string, number>>;

/** One thing that goes wrong, while clients come and stay. */
export interface Scenario {
  /** `a real server is killed`: what happens, in a few words. */
  readonly name: string;
  /** Lines of the service's config, over the usual, and further sections. */
  readonly config?: string;
  /** The same of HAProxy's. */
  readonly peerConfig?: string;
  /** Sections of the ini. */
  readonly ini?: string;
  /** Environment of l4director; FOLDER stands for the director's folder. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files that l4director sees in /etc, by their names. */
  readonly etc?: Readonly<Record<string, string>>;
  /** The most that each figure may be; what is left out has the usual bound. */
  readonly bounds?: Partial<Figures>;
  /** The same of further figures. */
  readonly further?: Further;
  /** HAProxy has the feature and plays it too. */
  readonly peer: boolean;
  /** As long as the form says. */
  readonly soaks?: true;
  /** Why it cannot be played on this Node or machine; undefined: it can. */
  readonly lacks?: () => string | undefined;
  /** Clients come and stay before, meanwhile and after.
   *  @param rounds  how often, where it happens more than once */
  readonly play: (stage: Stage, rounds: number) => Promise<Outcome>;
  /** Rounds of the short form and of the long one. */
  readonly rounds?: readonly [short: number, long: number];
}

/** What the play has to tell. */
export interface Outcome {
  readonly further?: Further;
  /** What can be told only when all clients have left. */
  readonly afterwards?: () => Promise<Further>;
  /** A real server and the span in which clients who stay on it, and all who come, may be lost. */
  readonly costs?: readonly Cost[];
}

export interface Cost {
  readonly server: string;
  readonly from: number;
  readonly until: number;
}
