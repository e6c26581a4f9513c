import { version } from '../../model/version.ts';
import { filesOf } from '../local/files.ts';
import { readArguments } from './arguments.ts';
import type { ActionName } from './commands.ts';
import { EXIT } from './exit.ts';
import { dropLeft } from './left.ts';
import type { Action } from './words.ts';

/** Exit code for what the command line has wrong. */
const USAGE = EXIT.usage;

const ofNode = () => import('./node-actions.ts');
const ofCommand = () => import('./actions.ts');

/** Loaded when they are played: a start has something to do before that. */
const ACTIONS: Readonly<Record<ActionName, () => Promise<Action>>> = {
  start: async () => (await ofNode()).runDaemon,
  release: async () => (await ofNode()).release,
  stop: async () => (await ofCommand()).stop,
  reload: async () => (await ofCommand()).reload,
  status: async () => (await ofCommand()).status,
  standby: async () => (await ofCommand()).standby,
  takeover: async () => (await ofCommand()).takeover,
  configtest: async () => (await ofCommand()).configtest,
};
/** Nothing of haresources runs here, or is to run any more. */
const BEGIN_WITH_NOTHING: ReadonlySet<string> = new Set(['start', 'release']);

/** Plays a command line.
 *  @returns its exit code */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const given = readArguments(args);
    if (given.help) return say((await import('./help.ts')).helpText(), 0);
    if (given.version) return say(`l4heartbeat ${version()}\n`, 0);
    const [word = 'start', ...rest] = given.words;
    if (!isAction(word))
      return complain(`"${word}" is no action; l4heartbeat --help`, USAGE);
    const files = filesOf(given.places);
    const left = BEGIN_WITH_NOTHING.has(word) ? await dropLeft(files) : [];
    for (const text of left) complain(text, 0);
    const chosen = args.includes('-s')
      ? (await ofCommand()).letterStatus
      : await ACTIONS[word]();
    return await chosen({ ...given, words: rest, files, left });
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
