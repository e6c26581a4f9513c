import type { Instance } from './instance.ts';

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

/** Exit codes, ldirectord's. Source: observed. */
export const EXIT = {
  done: 0,
  /** Could not start; stopped where it should run; status with a stale pid file. */
  failed: 1,
  badConfig: 2,
  /** status: no pid file. */
  stopped: 3,
  /** Usage, or an unexpected end. */
  usage: 255,
} as const;
