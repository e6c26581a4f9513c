import { EXIT } from '../instance/launch.ts';
import { ourProgram } from '../instance/program.ts';
import { reasonOf } from '../model/reason.ts';
import { type CommandLine, parseCommandLine } from './command-line.ts';
import { COMMANDS } from './commands.ts';
import {
  type Command,
  type Context,
  commandNamed,
  type DaemonRoom,
} from './context.ts';

/** The command line's work. @param argv  arguments after the script's path
 *  @returns  the exit code; output may still be on its way */
export async function main(
  argv: readonly string[],
  daemon: () => Promise<DaemonRoom>,
): Promise<number> {
  const out = (line: string): void => void process.stdout.write(`${line}\n`);
  const err = (line: string): void => void process.stderr.write(`${line}\n`);
  leaveRemovedFolder();
  let line: CommandLine;
  try {
    line = await parseCommandLine(argv, COMMANDS);
  } catch (error) {
    err(reasonOf(error));
    out((await words()).usage());
    return EXIT.usage;
  }
  const invocation = [process.argv[1], ...argv].join(' ');
  try {
    return await dispatch({
      line,
      commands: COMMANDS,
      invocation,
      program: ourProgram(),
      daemon,
      out,
      err,
    });
  } catch (error) {
    err(`l4director: ${reasonOf(error)}`);
    return EXIT.failed;
  }
}

/** A shell may stand in a folder that was removed; whatever asks for it then would fail. */
function leaveRemovedFolder(): void {
  try {
    process.cwd();
  } catch {
    process.chdir('/');
  }
}

async function dispatch(context: Context): Promise<number> {
  const { line, out, err } = context;
  if (line.help) {
    out((await words()).help());
    return EXIT.done;
  }
  if (line.version) {
    const { version } = await import('../model/version.ts');
    out(`l4director ${version()}`);
    return EXIT.done;
  }
  const command = commandNamed(context.commands, line.action);
  if (command) {
    const wrong = await misplaced(line.action ?? '', command, line.operands);
    if (wrong === undefined) return command.run(context);
    err(wrong);
    return EXIT.usage;
  }
  if (line.action !== undefined) err(`Unknown action: ${line.action}`);
  out((await words()).usage());
  return EXIT.usage;
}

/** What most commands do without. */
function words(): Promise<typeof import('./help.ts')> {
  return import('./help.ts');
}

/** What is wrong with the words behind an action that takes some; behind others they do not count,
 *  as with ldirectord. */
async function misplaced(
  name: string,
  command: Command,
  found: readonly string[],
): Promise<string | undefined> {
  const { operands = [] } = command;
  if (operands.length === 0) return undefined;
  const needed = operands.filter(({ shown }) => !shown.startsWith('[')).length;
  const endless = operands.at(-1)?.rest === true;
  const fits = found.length >= needed && (endless || found.length <= operands.length);
  if (fits) return undefined;
  const { synopsis } = await words();
  return `Usage: l4director [configfile] ${synopsis(name, command)}`;
}
