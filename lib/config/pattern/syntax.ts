import type { ByteSet } from './byte-set.ts';

/** A Perl pattern as a tree. It meets bytes, and without a locale or Unicode Perl knows case and
 *  classes of ASCII only. */
export type Node =
  | { readonly type: 'byte'; readonly set: ByteSet }
  | { readonly type: 'sequence'; readonly items: readonly Node[] }
  | { readonly type: 'choice'; readonly branches: readonly Node[] }
  | {
      readonly type: 'repeat';
      readonly item: Node;
      readonly min: number;
      /** Infinity: no bound. */
      readonly max: number;
      readonly mode: 'greedy' | 'lazy' | 'possessive';
    }
  | { readonly type: 'capture'; readonly item: Node; readonly number: number }
  | { readonly type: 'atomic'; readonly item: Node }
  | {
      readonly type: 'look';
      readonly item: Node;
      readonly behind: boolean;
      readonly negative: boolean;
    }
  /** Matches no text; the source is JavaScript's. */
  | { readonly type: 'assertion'; readonly source: string }
  | { readonly type: 'reference'; readonly to: number };

/** Perl would not compile it either. */
export class InvalidPattern extends Error {}

/** Perl knows it, and JavaScript has nothing of the kind. */
export class Untranslatable extends Error {}

/** Flags in force at a place of the pattern. */
export interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  /** 2: blanks in classes do not count either. */
  readonly x: 0 | 1 | 2;
  readonly n: boolean;
}

/** Those of a pattern without any. */
export const NO_FLAGS: Flags = { i: false, m: false, s: false, x: 0, n: false };

/** Matches nothing but the empty text. */
export const EMPTY: Node = { type: 'sequence', items: [] };

/** Never matches. */
export const NEVER: Node = { type: 'assertion', source: '(?!)' };

/** `\K`: of no consequence for whether something matches. */
export const KEEP: Node = { type: 'sequence', items: [] };
