import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveText } from '../report/destination.ts';
import { measureDaemon } from './daemon.ts';
import { Listeners } from './listeners.ts';
import { CHECKS_USAGE, type CheckOptions, readCheckOptions } from './options.ts';
import { processors } from './processors.ts';
import { checksReport } from './report.ts';
import { measureRunner } from './runner.ts';

/** `npm run bench -- checks`: many checks on one core. The report goes to stdout and a file.
 *  @param results  folder for the file, unless another place is asked for
 *  @throws TypeError for options that it does not know */
export async function benchChecks(
  argv: readonly string[],
  results: string,
  signal: AbortSignal,
): Promise<void> {
  if (argv.includes('--help')) {
    process.stdout.write(`${CHECKS_USAGE}\n`);
    return;
  }
  const options = readCheckOptions(argv);
  const folder = mkdtempSync(join(tmpdir(), 'l4director-bench-'));
  try {
    const report = await measure(options, folder, signal);
    process.stdout.write(report);
    saveText(report, { ...options, results, what: 'checks' }, say);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  options: CheckOptions,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const loadBefore = loadavg();
  const where = processors();
  const { intervalMs, node } = options;
  await using listeners = await Listeners.start(intervalMs, where.rest, node, signal);
  const bench = { options, processors: where, listeners, folder, signal, say };
  const runner = await measureRunner(bench);
  const { figures: daemon, answers } = await measureDaemon(bench);
  return checksReport(options, where.words, loadBefore, { runner, daemon, answers });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
