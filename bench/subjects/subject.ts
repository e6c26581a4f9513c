import type { Child } from '../child.ts';
import type { Place } from '../place.ts';

/** What a subject is to do: carry every service to all real servers, round-robin. */
export interface Setup {
  /** For its files, its own. */
  readonly folder: string;
  readonly services: readonly Place[];
  readonly reals: readonly Place[];
  /** Most client connections at once. */
  readonly connections: number;
  /** It is DNS over UDP that is carried, not TCP. */
  readonly datagrams: boolean;
  /** The Node that runs the director and the peers that are Node programs. */
  readonly node: string;
}

/** One kind of thing that is compared. */
export interface Kind {
  /** What would make it possible here; undefined: it is. */
  readonly lacks: () => string | undefined;
  /** Whether one process can carry many services. */
  readonly manyServices: boolean;
  /** Per cent of one core that it may use; undefined: no quota. */
  readonly quota?: number;
  /** Writes its config. @returns the words that start it, in the foreground */
  readonly command: (setup: Setup) => readonly string[];
}

/** One that runs. */
export interface Subject {
  readonly name: string;
  /** Undefined: the real server itself, nobody between. */
  readonly child: Child | undefined;
  /** Of its services, the last. */
  readonly place: Place;
  /** Starts the same anew beside it; whoever calls ends it. */
  readonly again: () => Promise<{ readonly child: Child; readonly place: Place }>;
}
