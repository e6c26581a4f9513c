import { setTimeout as delay } from 'node:timers/promises';

/** Makes many askers share one collection: who comes while one is under way gets its result, so a
 *  thousand scrapes at once cost what one costs.
 *  @param limitMs  a collection that takes longer rejects, and the next asker starts anew */
export function shared<T>(
  collect: () => Promise<T>,
  limitMs: number,
): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= within(collect(), limitMs).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const over = new AbortController();
  const late = delay(limitMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`no answer from the director within ${limitMs / 1000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
    late.catch(() => undefined);
  }
}
