import type { Listed } from './traffic.ts';

export const NOTHING_LISTED: Listed<never> = { items: [], total: 0 };

/** One list of several.
 *  @param most  listed at most */
export function joined<T>(lists: readonly Listed<T>[], most: number): Listed<T> {
  const items: T[] = [];
  let total = 0;
  for (const list of lists) {
    total += list.total;
    items.push(...list.items.slice(0, most - items.length));
  }
  return { items, total };
}
