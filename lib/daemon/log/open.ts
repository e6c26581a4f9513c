import type { Mode } from '../../instance/launch.ts';
import type { Destination } from './destination.ts';
import { fileDestination } from './file.ts';
import { stderrDestination, stdoutDestination } from './stream.ts';
import { SYSLOG, syslogDestination, syslogProblem } from './syslog.ts';

export interface OpenedLog {
  readonly destination: Destination;
  /** Why it is not the one that was asked for. */
  readonly problem?: string;
}

/** Where the log goes: -d and supervised have their own places, whatever the config says.
 *  @param logfile  a path, or a syslog facility */
export function openDestination(
  mode: Mode,
  logfile: string,
  instance: string,
  syslog = SYSLOG,
): OpenedLog {
  if (mode === 'debug') return { destination: stderrDestination() };
  if (mode === 'supervised') return { destination: stdoutDestination() };
  if (logfile.startsWith('/'))
    // Perl's open leaves blanks behind the name out.
    return { destination: fileDestination(logfile.trimEnd(), instance) };
  const problem = syslogProblem(logfile, syslog);
  return problem === undefined
    ? { destination: syslogDestination(logfile, syslog) }
    : { destination: stderrDestination(), problem };
}
