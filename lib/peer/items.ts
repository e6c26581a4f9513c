import type { StampedWish } from '../model/peer-wish.ts';
import { clientsText } from './messages.ts';
import type { Item } from './outbox.ts';

/** What goes into one message: it takes some milliseconds to hear. Far below what a frame may have. */
const A_MESSAGE = 32 * 1024;
/** Whatever their names: a frame has room for so many. */
const WISHES = 25;

/** Clients that persist, as they were at one moment. */
export interface Told {
  /** Of `LeftClients` in JSON. */
  readonly texts: readonly string[];
  /** That moment: milliseconds since 1970, and on the monotonic clock. */
  readonly at: number;
  readonly tick: number;
}

/** As messages. The times go by the clock at that moment, set forward by what has passed since on one that
 *  nobody sets. */
export function clientItems({ texts, at, tick }: Told): readonly Item[] {
  const nowByThat = () => Math.round(at + performance.now() - tick);
  return packed(texts).map((pack) => ({
    text: () => clientsText(pack, nowByThat()),
    entries: pack.reduce((sum, text) => sum + clientsIn(text), 0),
  }));
}

export function wishItems(wishes: readonly StampedWish[]): readonly Item[] {
  const items: Item[] = [];
  for (let from = 0; from < wishes.length; from += WISHES) {
    const some = wishes.slice(from, from + WISHES);
    const text = JSON.stringify({ type: 'wishes', wishes: some });
    items.push({ text: () => text, entries: some.length });
  }
  return items;
}

function packed(texts: readonly string[]): readonly (readonly string[])[] {
  const packs: string[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const text of texts) {
    size += text.length;
    if (size > A_MESSAGE) {
      packs.push([]);
      size = text.length;
    }
    packs.at(-1)?.push(text);
  }
  return packs;
}

const CLIENTS = '"clients":[';

function clientsIn(text: string): number {
  const from = text.indexOf(CLIENTS) + CLIENTS.length;
  const to = text.indexOf(']', from);
  return to <= from ? 0 : text.slice(from, to).split(',').length;
}
