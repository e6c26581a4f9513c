import { askPerl } from './oracle.ts';

/** What Perl says: whether each text matches (null: it contradicts itself), or why the pattern is
 *  none. */
export type PerlVerdict = readonly (0 | 1 | null)[] | string;

const SCRIPT = new URL('../../../test/config/perl-match.pl', import.meta.url).pathname;

/** Matches every pattern against its texts, all Latin-1, in one Perl. */
export async function matchInPerl(
  questions: readonly { readonly pattern: string; readonly texts: readonly string[] }[],
): Promise<readonly PerlVerdict[]> {
  return askPerl<PerlVerdict>(SCRIPT, questions);
}
