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
  /** The same of what has changed since the last such question, in JSON; {@link NOT_ALL} among them: there is more
   *  than they say. `most` 0: it is not asked again. */
  | { readonly about: 'news'; readonly most: number }
  | { readonly about: 'forget'; readonly filter: PersistenceFilter };

/** That the texts of `news` are not all of it. */
export const NOT_ALL = '';

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
