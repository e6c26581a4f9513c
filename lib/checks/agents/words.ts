import type { AgentWords } from '../../model/agent.ts';
import type { AdminState } from '../../model/override.ts';
import { oneLine } from '../message.ts';

const STATES: Readonly<Record<string, AdminState>> = {
  ready: 'ready',
  drain: 'drain',
  maint: 'maintenance',
};
/** HAProxy's manual had `failed` once, its program never: agents that say it mean it. */
const DOWN: ReadonlySet<string> = new Set(['down', 'fail', 'failed', 'stopped']);
/** One that is larger means no more. */
const MOST_PERCENT = 1_000_000;
const LONGEST_REASON = 100;

type Mutable = { -readonly [K in keyof AgentWords]: AgentWords[K] };

/** What an agent's line says: words with blanks, tabs or commas between, in any order and of any case;
 *  of one kind the last counts. A word that begins with `#` ends them: what follows describes `down`.
 *  Source: HAProxy's configuration manual, "agent-check"; HAProxy 2.6, observed. */
export function agentWords(line: string): AgentWords {
  const words: Mutable = {};
  const { text, description } = parted(line);
  for (const word of text.split(/[ \t,]+/).filter(Boolean))
    if (!take(word, description, words)) words.unknown ??= oneLine(word, 40);
  return words;
}

function parted(line: string): { readonly text: string; readonly description: string } {
  const sharp = /(?:^|[ \t,])#/.exec(line);
  if (sharp === null) return { text: line, description: '' };
  const end = sharp.index + sharp[0].length;
  const description = oneLine(line.slice(end), LONGEST_REASON);
  return { text: line.slice(0, sharp.index), description };
}

/** @returns false: the word has no meaning */
function take(word: string, description: string, words: Mutable): boolean {
  const lower = word.toLowerCase();
  const state = Object.hasOwn(STATES, lower) ? STATES[lower] : undefined;
  const [, percent] = /^(\d+)%$/.exec(word) ?? [];
  const [, connections] = /^maxconn:(\d{1,9})$/.exec(lower) ?? [];
  if (state !== undefined) words.state = state;
  else if (percent !== undefined)
    words.percent = Math.min(Number(percent), MOST_PERCENT);
  else if (connections !== undefined) words.maxconn = Number(connections);
  else if (lower === 'up') words.health = 'up';
  else if (DOWN.has(lower)) {
    words.health = 'down';
    words.reason = description === '' ? lower : `${lower} (${description})`;
  } else return false;
  return true;
}
