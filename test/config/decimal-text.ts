import { dottedQuad, quadNumber } from '../../lib/config/numeric-address.ts';

interface Real {
  readonly address: string;
}

/** ldirectord gets no further than that in the tests. */
const LONGEST = 100_000;

/** What ldirectord makes of our real servers. It goes through a range while the number of the
 *  address is not above that of the last as decimal text, digit by digit: 999999999 to 1000000000
 *  is nothing, 8 to 9 goes on to 89. Source: observed.
 *  @param reals  as the report has them
 *  @param lines  where each stands in the file: of a range all in the same */
export function byDecimalText(reals: unknown, lines: readonly number[]): unknown {
  if (!Array.isArray(reals)) return reals;
  return [...new Set(lines)].flatMap((line) => {
    const range: readonly Real[] = reals.filter((_, at) => lines[at] === line);
    return range.length === 1 ? range : walked(range);
  });
}

function walked(range: readonly Real[]): readonly Real[] {
  const [first, last] = [range[0], range.at(-1)];
  if (!first || !last) return [];
  const end = String(quadNumber(last.address));
  const found: Real[] = [];
  for (
    let at = quadNumber(first.address);
    String(at) <= end && found.length < LONGEST;
    at++
  )
    found.push({ ...first, address: dottedQuad(at) });
  return found;
}
