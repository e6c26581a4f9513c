/** Spreads the starts of many checks over turns of the event loop, first come first served, so
 *  that a thousand at once hold up neither each other's answers nor anything else. */
export interface Pacer {
  /** Calls `start` soon, never from within this call. Disposing takes it back. */
  start(start: () => void): Disposable;
}

/** @param each  starts in one turn of the event loop */
export function createPacer(each = 16): Pacer {
  // A set keeps the order, and lets go of one that was taken back at no cost.
  const waiting = new Set<{ readonly start: () => void }>();
  let scheduled = false;

  function turn(): void {
    let left = each;
    for (const entry of waiting) {
      if (left-- === 0) break;
      waiting.delete(entry);
      entry.start();
    }
    scheduled = waiting.size > 0;
    if (scheduled) setImmediate(turn);
  }

  return {
    start(start) {
      const entry = { start };
      waiting.add(entry);
      if (!scheduled) setImmediate(turn);
      scheduled = true;
      return { [Symbol.dispose]: () => void waiting.delete(entry) };
    },
  };
}
