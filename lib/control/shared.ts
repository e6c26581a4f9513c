import { within } from '../model/within.ts';

/** Makes many askers share one collection: who comes while one is under way gets its result, so a
 *  thousand scrapes at once cost what one costs.
 *  @param limitMs  a collection that takes longer rejects, and the next asker starts anew */
export function shared<T>(
  collect: () => Promise<T>,
  limitMs: number,
): () => Promise<T> {
  let running: Promise<T> | undefined;
  const late = () =>
    Promise.reject(new Error(`no answer from the director within ${limitMs / 1000} s`));
  return () => {
    running ??= within(limitMs, collect(), late).finally(() => {
      running = undefined;
    });
    return running;
  };
}
