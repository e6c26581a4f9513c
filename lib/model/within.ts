/** What the promise yields within that time, else what `otherwise` does: a value, or a promise
 *  that may reject. The work itself goes on unheard. Leaves no timer.
 *  @param ms  milliseconds */
export async function within<T>(
  ms: number,
  promise: Promise<T>,
  otherwise: () => T | PromiseLike<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise()), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
