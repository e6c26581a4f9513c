import type { Instance } from './instance.ts';
import type { ProcessIdentity } from './process.ts';

/** How a director runs. `daemon`: detached, with pid file. `foreground`: the same under a
 *  supervisor that wants it attached. `supervised` and `debug`: attached and without a pid
 *  file, so that the other commands do not see it; log on stdout, or bare on stderr.
 *  Source of the last two: ldirectord, observed. */
export type Mode = 'daemon' | 'foreground' | 'supervised' | 'debug';

/** What a command tells the director that it starts. */
export interface Launch {
  readonly instance: Instance;
  readonly mode: Mode;
  /** Path as found, absolute: the director changes to `/`. */
  readonly config: string;
  /** From `--ini`; undefined: looked for beside the config. Absolute. */
  readonly ini: string | undefined;
  /** How a further director is started: node's arguments up to the script's path. */
  readonly program: readonly string[];
  /** Arguments that every director of this one inherits (`--runtime-dir`). */
  readonly inherited: readonly string[];
  /** What a further director of this instance is started with: config as typed, action, options. */
  readonly start: readonly string[];
  /** The director whose place it takes without losing a connection. */
  readonly predecessor?: ProcessIdentity | undefined;
  /** Those before that one, or that a killed one has left, the youngest first: they may still have connections
   *  open. */
  readonly elders?: readonly ProcessIdentity[];
  /** Descriptors of sockets that whoever started it has opened for it: never adopted, never closed. */
  readonly sockets?: readonly number[];
  /** This process's command line, for the log. */
  readonly invocation: string;
}

/** What a detached director tells the command that started it, once. */
export type StartReport =
  /** At work. `notices` go to the operator: services that wait or failed, and why. */
  | { readonly type: 'up'; readonly notices: readonly string[] }
  /** Another one of this instance was quicker. */
  | { readonly type: 'already'; readonly pid: number }
  | {
      readonly type: 'failed';
      readonly exitCode: number;
      readonly reasons: readonly string[];
    };

/** Exit codes: ldirectord's (source: observed), and of the actions that wait their own. */
export const EXIT = {
  done: 0,
  failed: 1,
  badConfig: 2,
  stopped: 3,
  late: 4,
  interrupted: 130,
  usage: 255,
} as const;

/** The same in words, for the manual. */
export const EXIT_WORDS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'Done; of status: it is running.',
  failed:
    'Failed: it could not start, is stopped where it should run, or refused; of status: a stale pid file.',
  badConfig: 'An error in the config.',
  stopped: 'Of status: it is stopped.',
  late: 'Of wait: what was waited for had not come when the time was over.',
  interrupted: 'Ended by Ctrl-C while it waited or watched.',
  usage: 'Wrong usage, or an unexpected end.',
};
