import type { Config } from '../config/config.ts';
import type { Launch } from '../instance/launch.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import type { CommandLine } from './command-line.ts';
import type { OptionName } from './options.ts';

/** The daemon's room as commands see it. It is handed in and loaded when first needed, so
 *  that `status` never waits for it. */
export interface DaemonRoom {
  /** Runs a director in this process until it is stopped.
   *  @param known  the config, where it has been read just now
   *  @returns      its exit code */
  serve(launch: Launch, known?: Config): Promise<number>;
  /** Writes one line to the log that the config names. */
  record(logfile: string, instance: string, message: string): Promise<void>;
  /** What `engine = auto` would take here and now, a line for each service that leaves it to that. */
  engineLines(
    services: readonly VirtualService[],
    hasPeers: boolean,
  ): Promise<readonly string[]>;
}

/** Every action by its name. */
export type Commands = Readonly<Record<string, Command>>;

/** @returns undefined for a name that is none */
export function commandNamed(
  commands: Commands,
  name: string | undefined,
): Command | undefined {
  return name !== undefined && Object.hasOwn(commands, name)
    ? commands[name]
    : undefined;
}

/** What a command works with. */
export interface Context {
  readonly line: CommandLine;
  readonly commands: Commands;
  /** This process's command line, for the log. */
  readonly invocation: string;
  /** Node's arguments up to our own script: how this program was called. */
  readonly program: readonly string[];
  readonly daemon: () => Promise<DaemonRoom>;
  /** One line to stdout or stderr. */
  out(line: string): void;
  err(line: string): void;
}

/** What may stand behind an action. */
export interface Operand {
  /** As help shows it: `REAL`; in brackets where it may be left out. */
  readonly shown: string;
  /** What completion offers: what runs at the moment, or these words. */
  readonly offers: 'reals' | 'targets' | readonly string[];
  /** Any number of words. */
  readonly rest?: true;
}

/** What an action takes besides the options of all. */
export interface Takes {
  readonly operands?: readonly Operand[];
  readonly options?: readonly OptionName[];
  /** More than a line, for the manual. */
  readonly detail?: string;
}

/** One action of the command line. Help, manual and completion come from it. */
export interface Command extends Takes {
  readonly summary: string;
  /** @returns the exit code */
  run(context: Context): Promise<number>;
}
