import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';

/** The words of a checkcommand. A value that names an executable file as it stands is one
 *  word, blanks and all, as for ldirectord; any other is split at blanks, with '…', "…"
 *  and \ as in a shell, and nothing else of a shell. Rejects when a quote is left open. */
export async function commandWords(command: string): Promise<readonly string[]> {
  return (await isExecutable(command)) ? [command] : splitWords(command);
}

const WORD = /(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/gsu;
const PIECE = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gsu;

/** Pure part of {@link commandWords}. */
export function splitWords(command: string): readonly string[] {
  const rest = command.replace(WORD, '').trim();
  if (rest !== '')
    throw new Error(
      `checkcommand ${command}: a quote is left open: expected pairs, as in "/bin/check --name 'a b'"`,
    );
  return (command.match(WORD) ?? []).map((word) =>
    word.replace(
      PIECE,
      (_, single?: string, double?: string, escaped?: string) =>
        single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? '',
    ),
  );
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
