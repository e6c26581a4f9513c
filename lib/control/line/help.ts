import { nearest } from '../../model/nearest.ts';
import { COMMANDS } from './commands.ts';

interface HelpRow {
  readonly name: string;
  readonly takes: string;
  readonly doc: string;
  readonly changes?: true;
}

/** What the session itself does. */
const ALWAYS: readonly HelpRow[] = [
  { name: 'help', takes: '[<command>]', doc: 'the commands, or those that begin so' },
  { name: 'prompt', takes: '', doc: 'stay for more commands, or no longer' },
  { name: 'quit', takes: '', doc: 'end the connection' },
];
/** Suggested at most. */
const MOST = 5;

export function helpText(words: readonly string[], mayChange: boolean): string {
  const rows = words.length === 0 ? permitted(mayChange) : near(words, mayChange);
  return page('The following commands are valid at this level:', rows);
}

export function unknownText(words: readonly string[], mayChange: boolean): string {
  const rows = near(words, mayChange);
  if (words.length === 0 || rows.length === 0)
    return page(
      'Unknown command. Please enter one of the following commands only:',
      permitted(mayChange),
    );
  return page(
    'Unknown command, but maybe one of the following ones is a better match:',
    rows,
  );
}

function page(head: string, rows: readonly HelpRow[]): string {
  const lines = [...rows, ...ALWAYS].map(
    ({ name, takes, doc }) => `  ${`${name} ${takes}`.trimEnd().padEnd(40)}: ${doc}`,
  );
  return [head, ...lines].join('\n');
}

function permitted(mayChange: boolean): readonly HelpRow[] {
  return COMMANDS.filter(({ changes }) => mayChange || !changes);
}

/** Those that begin with as many of the words as any does, else those whose first word looks like it. */
function near(words: readonly string[], mayChange: boolean): readonly HelpRow[] {
  const rows = permitted(mayChange);
  for (let count = Math.min(words.length, 3); count > 0; count--) {
    const begin = words.slice(0, count).join(' ').slice(0, 80).toLowerCase();
    const found = rows.filter(({ name }) => name.startsWith(begin));
    if (found.length > 0) return found;
    const meant = nearest(
      begin,
      rows.map(({ name }) => name.split(' ').slice(0, count).join(' ')),
    );
    if (meant !== undefined)
      return rows.filter(({ name }) => name.startsWith(meant)).slice(0, MOST);
  }
  return [];
}
