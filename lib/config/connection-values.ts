import { expected } from './values.ts';

// What the keys about open connections may be: as the readers in ini-values.ts.

/** What becomes of the connections of a server that is down; undefined: what `quiescent` says. */
export function onDown(text: string): 'keep' | 'kill' | undefined {
  return text === 'keep' || text === 'kill' ? text : expected('keep or kill', 'kill');
}
