import { version } from '../../model/version.ts';
import { filesOf } from '../local/files.ts';
import {
  configtest,
  letterStatus,
  reload,
  standby,
  status,
  stop,
  takeover,
} from './actions.ts';
import { readArguments } from './arguments.ts';
import type { ActionName } from './commands.ts';
import { EXIT } from './exit.ts';
import { helpText } from './help.ts';
import { release, runDaemon } from './node-actions.ts';
import type { Action } from './words.ts';

/** Exit code for what the command line has wrong. */
const USAGE = EXIT.usage;

const ACTIONS: Readonly<Record<ActionName, Action>> = {
  start: runDaemon,
  stop,
  reload,
  status,
  standby,
  takeover,
  configtest,
  release,
};

/** Plays a command line.
 *  @returns its exit code */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const given = readArguments(args);
    if (given.help) return say(helpText(), 0);
    if (given.version) return say(`l4heartbeat ${version()}\n`, 0);
    const [word = 'start', ...rest] = given.words;
    if (!isAction(word))
      return complain(`"${word}" is no action; l4heartbeat --help`, USAGE);
    const chosen = args.includes('-s') ? letterStatus : ACTIONS[word];
    return await chosen({ ...given, words: rest, files: filesOf(given.places) });
  } catch (error) {
    const { message } = error as Error; // parseArgs', and of the system's calls.
    return complain(message, error instanceof TypeError ? USAGE : 1);
  }
}

function isAction(word: string): word is ActionName {
  return Object.hasOwn(ACTIONS, word);
}

function say(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

function complain(text: string, code: number): number {
  process.stderr.write(`l4heartbeat: ${text}\n`);
  return code;
}
