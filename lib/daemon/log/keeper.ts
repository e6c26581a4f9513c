import type { Mode } from '../../instance/launch.ts';
import { createLog, type DaemonLog } from './log.ts';
import { type OpenedLog, openDestination } from './open.ts';

/** Keeps the log where the config wants it. */
export interface LogKeeper {
  readonly log: DaemonLog;
  /** Why it is not there now, and the mend. */
  readonly problem: string | undefined;
  /** After a reload: moves it, where the config names another place or there was a problem. */
  follow(logfile: string): void;
  /** Opens the same place anew. */
  reopen(): void;
}

/** @param open  how a place is opened; a test gives its own */
export function keepLog(
  mode: Mode,
  instance: string,
  first: string,
  open = (logfile: string): OpenedLog => openDestination(mode, logfile, instance),
): LogKeeper {
  let logfile = first;
  let { destination, problem } = open(first);
  const log = createLog(destination, mode === 'debug');
  if (problem !== undefined) log.warn(problem);

  function move(to: string): void {
    logfile = to;
    ({ destination, problem } = open(to));
    log.redirect(destination);
    if (problem !== undefined) log.warn(problem);
  }

  return {
    log,
    get problem() {
      return problem;
    },
    follow(wanted) {
      if (wanted !== logfile || problem !== undefined) move(wanted);
    },
    reopen: () => move(logfile),
  };
}
