import type { Held } from './held.ts';
import { type Question, recordText } from './question.ts';

/** More is not read by anybody. */
const MOST_NAMED = 10;

/** What the log says when answers differ, in lines: who has come, and who has gone. */
export function changeLines(
  { name, type }: Question,
  before: Held,
  after: Held,
): readonly string[] {
  const was = new Set(before.records.map(({ record }) => recordText(record)));
  const is = new Set(after.records.map(({ record }) => recordText(record)));
  const come = [...is].filter((text) => !was.has(text));
  const gone = [...was].filter((text) => !is.has(text));
  return [
    ...(come.length > 0 ? [`Name ${name} (${type}) now names ${listed(come)}`] : []),
    ...(gone.length > 0
      ? [`Name ${name} (${type}) no longer names ${listed(gone)}`]
      : []),
  ];
}

/** What it says of a problem that is there for the first time, or is over; undefined: nothing. */
export function problemLine(
  { name, type }: Question,
  before: Held,
  after: Held,
): string | undefined {
  const hadOne = before.problem !== undefined;
  if (after.problem === undefined)
    return hadOne ? `Name ${name} (${type}) is answered again` : undefined;
  // The words of failures differ from time to time.
  const isKnown = before.failed > 0 && after.failed > 0;
  return isKnown || before.problem === after.problem
    ? undefined
    : `Name ${name} (${type}): ${after.problem}`;
}

function listed(texts: readonly string[]): string {
  const rest = texts.length - MOST_NAMED;
  const named = texts.slice(0, MOST_NAMED).join(', ');
  return rest > 0 ? `${named} and ${rest} more` : named;
}
