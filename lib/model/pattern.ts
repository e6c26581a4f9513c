/** A `receive` value: a regular expression in Perl's syntax, already translated to JavaScript's.
 *  One that Perl itself could not compile carries `problem` instead, and a check that
 *  needs it is down with that reason (ldirectord dies there; observed). */
export type Pattern =
  | {
      /** As written in the file. */
      readonly perl: string;
      /** JavaScript source and flags with the same meaning; the text it meets is
       *  latin1-decoded bytes. */
      readonly source: string;
      readonly flags: string;
      readonly problem?: undefined;
    }
  | { readonly perl: string; readonly problem: string };
