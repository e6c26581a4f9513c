import type { ConnectionFilter, PersistenceFilter } from '../../../model/traffic.ts';

/** What the main thread asks all workers about what goes through them, or has them do to it. `most`:
 *  listed at most, by each. */
export type Question =
  | {
      readonly about: 'connections';
      readonly filter: ConnectionFilter;
      readonly most: number;
    }
  | { readonly about: 'end'; readonly filter: ConnectionFilter }
  | {
      readonly about: 'persistence';
      readonly filter: PersistenceFilter;
      readonly most: number;
    }
  /** What of the persistence entries outlives the process, or the place in one worker, in JSON.
   *  `share`: of all, 0 to 1; `services`: of these only. */
  | {
      readonly about: 'heritage';
      readonly share: number;
      readonly most: number;
      readonly services?: readonly string[];
    }
  | { readonly about: 'forget'; readonly filter: PersistenceFilter };

/** A part of what a worker answers; the parts are added up. */
export interface Answer {
  readonly type: 'answer';
  /** The question's. */
  readonly sequence: number;
  /** Connections or persistence entries, as was asked. */
  readonly items: readonly unknown[];
  /** What fits, be it listed or not; what was ended or forgotten. */
  readonly count: number;
  readonly last: boolean;
}
