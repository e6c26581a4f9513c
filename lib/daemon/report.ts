import { EXIT, type Launch, type StartReport } from '../instance/launch.ts';
import { presence } from '../instance/pid-file.ts';

/** Tells whoever started the director how it went; only the first report counts.
 *  @returns the exit code that goes with it, when it has been told */
export type Reporter = (report: StartReport) => Promise<number>;

/** A detached director reports to its parent, an attached one on stderr. */
export function createReporter(launch: Launch): Reporter {
  let told = false;
  return async (report) => {
    if (!told) {
      told = true;
      if (launch.mode === 'daemon') await toParent(report);
      else for (const line of lines(report, launch)) process.stderr.write(`${line}\n`);
    }
    return exitCode(report, launch);
  };
}

/** A parent that has given up waiting is no error. */
async function toParent(report: StartReport): Promise<void> {
  if (!process.connected) return;
  await new Promise((sent) => process.send?.(report, sent));
  if (process.connected) process.disconnect();
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
