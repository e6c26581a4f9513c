/** What a {@link Pacer} starts. */
export interface Startable {
  start(): void;
}

/** Spreads the starts of many checks over turns of the event loop, first come first served, so
 *  that a thousand at once hold up neither each other's answers nor anything else. */
export interface Pacer {
  /** Starts it soon, never from within this call. */
  add(item: Startable): void;
  /** Takes it back, if it has not been started. */
  drop(item: Startable): void;
}

/** @param each  starts in one turn of the event loop */
export function createPacer(each = 16): Pacer {
  // A set keeps the order, and lets go of one that was taken back at no cost.
  const waiting = new Set<Startable>();
  let scheduled = false;

  function turn(): void {
    let left = each;
    for (const item of waiting) {
      if (left-- === 0) break;
      waiting.delete(item);
      item.start();
    }
    scheduled = waiting.size > 0;
    if (scheduled) setImmediate(turn);
  }

  return {
    add(item) {
      waiting.add(item);
      if (!scheduled) setImmediate(turn);
      scheduled = true;
    },
    drop: (item) => void waiting.delete(item),
  };
}
