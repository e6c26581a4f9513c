import { NotFound, NotPossible } from '../../director/desk.ts';
import { reasonOf } from '../../model/reason.ts';
import { type Caller, type Command, Failure, type Room, TOO_MANY } from './command.ts';
import { COMMANDS, UNABLE } from './commands.ts';
import { helpText, unknownText } from './help.ts';

/** Carries one command out. Never rejects: what goes wrong is an answer.
 *  @returns  with a line end, or nothing */
export async function execute(
  words: readonly string[],
  room: Room,
  caller: Caller,
): Promise<string> {
  const answer = await answerTo(words, room, caller);
  const text = answer.replace(/\n+$/, '');
  // An empty line ends an answer, so none may stand in it.
  return text === '' ? '' : `${text.replace(/\n{2,}/g, '\n')}\n`;
}

async function answerTo(
  words: readonly string[],
  room: Room,
  caller: Caller,
): Promise<string> {
  if (words[0] === 'help') return helpText(words.slice(1), caller.mayChange);
  const command = find(COMMANDS, words);
  if (!command)
    return find(UNABLE, words)?.answer ?? unknownText(words, caller.mayChange);
  if (command.changes && !caller.mayChange) return 'Permission denied';
  if (command.waits && !caller.hold('waiter')) return TOO_MANY;
  try {
    return await command.run(words.slice(wordsOf(command).length), room, caller);
  } catch (error) {
    return reason(error);
  }
}

function find<T extends Pick<Command, 'name'>>(
  rows: readonly T[],
  words: readonly string[],
): T | undefined {
  return rows.find((row) => wordsOf(row).every((word, place) => words[place] === word));
}

function wordsOf({ name }: Pick<Command, 'name'>): readonly string[] {
  return name.split(' ');
}

function reason(error: unknown): string {
  if (error instanceof Failure) return error.message;
  const text = reasonOf(error);
  const ours = error instanceof NotFound || error instanceof NotPossible;
  return ours ? `${text.replace(/\.$/, '')}.` : `Failed: ${text}`;
}
