import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';

/** Addresses of a name; rejects when it has none. */
export type AskForName = (name: string) => Promise<readonly LookupAddress[]>;

/** A name that is answered within this is a quick one. */
const QUICK_MS = 500;
/** Names that are asked for, or wait for their turn, at a time. */
const MOST_ASKED = 100;
const QUICK_REMEMBERED = 1000;

/** The system's resolver, such that a name whose servers are silent does not hold up others: Node
 *  has two threads for it, and each waits ten seconds or more. A name is asked for once at a time.
 *  One that was quick goes straight on; all others take turns, so that a thread is left.
 *  @param ask  tests give their own */
export function fairLookup(ask: AskForName = askSystem): LookupFunction {
  const quick = new Set<string>();
  const asked = new Map<string, ReturnType<AskForName>>();
  let turn: Promise<unknown> = Promise.resolve();

  async function timed(name: string): ReturnType<AskForName> {
    const began = performance.now();
    try {
      return await ask(name);
    } finally {
      asked.delete(name);
      quick.delete(name);
      if (quick.size >= QUICK_REMEMBERED) quick.clear();
      if (performance.now() - began < QUICK_MS) quick.add(name);
    }
  }

  function inTurn(name: string): ReturnType<AskForName> {
    const answer = turn.then(() => timed(name));
    turn = answer.catch(() => {});
    return answer;
  }

  async function addressesOf(name: string): ReturnType<AskForName> {
    const known = asked.get(name);
    if (known !== undefined) return await known;
    const straight = quick.has(name);
    if (!straight && asked.size >= MOST_ASKED)
      throw new Error(`${name}: ${MOST_ASKED} other names are being looked up`);
    const answer = straight ? timed(name) : inTurn(name);
    asked.set(name, answer);
    return await answer;
  }

  return (name, { all = false }, callback) => {
    addressesOf(name).then(
      ([...addresses]) => {
        const [first] = addresses;
        if (all) callback(null, addresses);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: Error) => callback(error, ''),
    );
  };
}

/** All of this process shares the resolver. */
export const namesFairly = fairLookup();

async function askSystem(name: string): ReturnType<AskForName> {
  return await lookup(name, { all: true });
}
