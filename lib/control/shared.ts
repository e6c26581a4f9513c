import { within } from '../model/within.ts';

/** Makes many askers share one collection: a thousand scrapes at once cost what two cost. One is under
 *  way at a time, and who comes meanwhile shares the next with all others who do: what one gets was
 *  begun after one asked, and so shows what one has changed before. Those who ask for different
 *  things, by key, do not share.
 *  @param limitMs  a collection that takes longer rejects, and the next one begins */
export function shared<T, K = void>(
  collect: (key: K) => Promise<T>,
  limitMs: number,
): (key: K) => Promise<T> {
  const running = new Map<K, Promise<unknown>>();
  /** Not begun yet. */
  const waiting = new Map<K, Promise<T>>();
  const late = () =>
    Promise.reject(new Error(`no answer from the director within ${limitMs / 1000} s`));

  async function begin(key: K): Promise<T> {
    await running.get(key)?.catch(() => undefined);
    waiting.delete(key);
    const collection = within(limitMs, collect(key), late);
    running.set(key, collection);
    return collection.finally(() => running.delete(key));
  }
  return (key) => {
    const next = waiting.get(key) ?? begin(key);
    waiting.set(key, next);
    return next;
  };
}
