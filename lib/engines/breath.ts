import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long work goes on in one turn of the event loop, in milliseconds. */
const SPELL_MS = 3;

/** Does the work for each, in as many turns of the event loop as keep each one short: in between others
 *  get theirs.
 *  @param spellMs  how long it may go on in one turn, in milliseconds */
export async function inTurns<T>(
  all: Iterable<T>,
  work: (one: T) => void,
  spellMs = SPELL_MS,
): Promise<void> {
  let began = performance.now();
  for (const one of all) {
    work(one);
    if (performance.now() - began < spellMs) continue;
    await nextTurn();
    began = performance.now();
  }
}
