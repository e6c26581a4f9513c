/** What the promise yields within that time, else what `otherwise` does; the promise goes
 *  on unheard, and must not reject then. Leaves no timer. */
export async function within<T>(
  ms: number,
  promise: Promise<T>,
  otherwise: () => T,
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
