import type { Place } from '../place.ts';

/** What the client is asked to do, one thing after the other. */
export type Order =
  /** To make a request: 1 if there is an answer, 0 if there is none. */
  | { readonly kind: 'try'; readonly place: Place }
  /** To download from each place at once: megabytes that came. */
  | {
      readonly kind: 'download';
      readonly places: readonly Place[];
      readonly megabytes: number;
      readonly seconds: number;
    };

/** What it says to each. */
export type Said = { readonly result: number } | { readonly error: string };
