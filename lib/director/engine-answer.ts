import { reasonOf } from '../model/reason.ts';
import { within } from '../model/within.ts';

/** What an engine answers, or what `otherwise` makes of its failing or being late.
 *  @param ms         milliseconds it has for it
 *  @param otherwise  is told why */
export async function answerOf<T>(
  ask: () => Promise<T>,
  ms: number,
  otherwise: (why: string) => T,
): Promise<T> {
  try {
    return await within(ms, ask(), () => otherwise(`no answer within ${ms} ms`));
  } catch (error) {
    return otherwise(reasonOf(error));
  }
}
