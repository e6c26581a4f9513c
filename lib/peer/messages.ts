import type { LeftClients } from '../model/heritage.ts';
import { isStampedWish, type StampedWish } from '../model/peer-wish.ts';
import { isCount, isObject, isTime, isWord } from '../model/plain-values.ts';

/** What directors that know each other say. `clients`: those that persist, their times by the clock of who speaks,
 *  which `at` shows; `ask`: all is to be told; `done`: so many messages have been heard in all. */
export type Message =
  | {
      readonly type: 'clients';
      readonly at: number;
      readonly left: readonly LeftClients[];
    }
  | { readonly type: 'wishes'; readonly wishes: readonly StampedWish[] }
  | { readonly type: 'ask' }
  | { readonly type: 'alive' }
  | { readonly type: 'done'; readonly count: number };

/** @param texts  {@link LeftClients} in JSON
 *  @param at     the clock of their times, milliseconds */
export function clientsText(texts: readonly string[], at: number): string {
  return `{"type":"clients","at":${at},"left":[${texts.join(',')}]}`;
}

/** @throws Error saying what it is not */
export function parseMessage(text: string): Message {
  const found: unknown = JSON.parse(text);
  if (!isObject(found)) throw new Error('a message is an object');
  if (!isMessage(found))
    throw new Error(`no message: ${String(found.type)}`.slice(0, 60));
  return found;
}

function isMessage(found: Fields): found is Fields & Message {
  switch (found.type) {
    case 'clients':
      return isTime(found.at) && isListOf(found.left, isLeft);
    case 'wishes':
      return isListOf(found.wishes, isStampedWish);
    case 'done':
      return isCount(found.count);
    default:
      return found.type === 'ask' || found.type === 'alive';
  }
}

/** The same clients, their times by the clock of who listens.
 *  @param now  that clock, milliseconds since 1970 */
export function byOwnClock(
  { at, left }: Extract<Message, { readonly type: 'clients' }>,
  now: number,
): readonly LeftClients[] {
  return left.map((one) => ({
    ...one,
    ends: one.ends.map((end) => (end === 0 ? 0 : now + end - at)),
  }));
}

type Fields = Readonly<Record<string, unknown>>;

const CLIENT = /^(?:[0-9a-f]{8}|[0-9a-f]{32})$/;

function isListOf<T>(
  value: unknown,
  is: (one: unknown) => one is T,
): value is readonly T[] {
  return Array.isArray(value) && value.every(is);
}

function isLeft(row: unknown): row is LeftClients {
  if (!isObject(row)) return false;
  const { service, server, netmask, clients, ends } = row;
  return (
    isWord(service) &&
    isWord(server) &&
    (netmask === null || isWord(netmask)) &&
    isListOf(clients, isClient) &&
    isListOf(ends, isTime) &&
    ends.length === clients.length
  );
}

function isClient(value: unknown): value is string {
  return typeof value === 'string' && CLIENT.test(value);
}
