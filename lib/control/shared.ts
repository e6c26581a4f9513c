import { within } from '../model/within.ts';

/** Makes many askers share one collection: who comes while one is under way gets its result, so a
 *  thousand scrapes at once cost what one costs. Those who ask for different things, by key, do
 *  not share.
 *  @param limitMs  a collection that takes longer rejects, and the next asker starts anew */
export function shared<T, K = void>(
  collect: (key: K) => Promise<T>,
  limitMs: number,
): (key: K) => Promise<T> {
  const running = new Map<K, Promise<T>>();
  const late = () =>
    Promise.reject(new Error(`no answer from the director within ${limitMs / 1000} s`));
  return (key) => {
    const known = running.get(key);
    if (known !== undefined) return known;
    const collection = within(limitMs, collect(key), late).finally(() =>
      running.delete(key),
    );
    running.set(key, collection);
    return collection;
  };
}
