import { EXIT } from '../instance/launch.ts';
import { ourProgram } from '../instance/program.ts';
import { version } from '../instance/version.ts';
import { type CommandLine, parseCommandLine } from './command-line.ts';
import { commandNamed } from './commands.ts';
import type { Context, DaemonRoom } from './context.ts';
import { help, usage } from './help.ts';

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
    line = parseCommandLine(argv);
  } catch (error) {
    err(reason(error));
    out(usage());
    return EXIT.usage;
  }
  const invocation = [process.argv[1], ...argv].join(' ');
  try {
    return await dispatch({
      line,
      invocation,
      program: ourProgram(),
      daemon,
      out,
      err,
    });
  } catch (error) {
    err(`l4director: ${reason(error)}`);
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
    out(help());
    return EXIT.done;
  }
  if (line.version) {
    out(`l4director ${version()}`);
    return EXIT.done;
  }
  const command = line.action === undefined ? undefined : commandNamed(line.action);
  if (command) return command.run(context);
  if (line.action !== undefined) err(`Unknown action: ${line.action}`);
  out(usage());
  return EXIT.usage;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
