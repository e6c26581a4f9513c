/** What readiness is asked of: that a virtual service can be carried, or that the director is at work. */
export const READY_OF = ['services', 'director'] as const;

export type ReadyOf = (typeof READY_OF)[number];

export interface Readiness {
  readonly ready: boolean;
  /** How it is, for people, in one line. */
  readonly words: string;
}
