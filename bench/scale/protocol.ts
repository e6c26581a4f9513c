/** Round trips since the last time it was asked, in milliseconds. */
export interface Trips {
  readonly count: number;
  readonly p99: number;
  readonly longest: number;
}

/** What the programs of this bench say. */
export type Heard =
  | { readonly kind: 'port'; readonly port: number }
  | { readonly kind: 'connected' }
  | { readonly kind: 'trips'; readonly trips: Trips };
