import type { ValueParser } from '../values.ts';

/** One directive of ldirectord.cf: all that parser, hints and manual know of it. */
export interface Directive<T> {
  /** Where it may stand; in `both`, a section's value overrides the global one. */
  readonly scope: 'global' | 'section' | 'both';
  /** Right of `=`, for the manual: `<seconds>`, `yes | no`. */
  readonly syntax: string;
  readonly parse: ValueParser<T>;
  /** Where a section reads it otherwise than a global line. */
  readonly parseInSection?: ValueParser<T>;
  /** In force when it is not set, for the manual: text as in the file, or words. */
  readonly default: string;
  readonly unit?: 'seconds' | 'connections';
  /** Every line counts; of the others only the last does. */
  readonly repeats?: true;
  /** What it means when it stands alone on a global line, without `=`. */
  readonly bare?: { readonly value: T; readonly warning: string };
  /** Its value is never shown in a message. */
  readonly secret?: true;
  readonly doc: string;
}
