import { EXIT, type Launch, type StartReport } from '../instance/launch.ts';
import { presence } from '../instance/pid-file.ts';

/** Tells whoever started the director how it went; only the first report counts.
 *  @returns the exit code that goes with it */
export type Reporter = (report: StartReport) => number;

/** A detached director reports to its parent, an attached one on stderr. */
export function createReporter(launch: Launch): Reporter {
  let told = false;
  return (report) => {
    if (!told && launch.mode === 'daemon') toParent(report);
    if (!told && launch.mode !== 'daemon')
      for (const line of lines(report, launch)) process.stderr.write(`${line}\n`);
    told = true;
    return exitCode(report, launch);
  };
}

function toParent(report: StartReport): void {
  if (!process.connected) return; // it has given up waiting
  process.send?.(report, () => {
    if (process.connected) process.disconnect();
  });
}

/** Where a director of that name runs already, a start has nothing to do. */
function isServed({ instance }: Launch): boolean {
  return presence(instance).state === 'running';
}

function lines(report: StartReport, launch: Launch): readonly string[] {
  switch (report.type) {
    case 'up':
      return launch.mode === 'foreground' ? report.notices : []; // else the log shows them
    case 'failed':
      return report.reasons;
    case 'already':
      return isServed(launch)
        ? []
        : [`l4director: pid ${report.pid} serves ${launch.config} in the foreground`];
  }
}

function exitCode(report: StartReport, launch: Launch): number {
  if (report.type === 'failed') return report.exitCode;
  return report.type === 'up' || isServed(launch) ? EXIT.done : EXIT.failed;
}
