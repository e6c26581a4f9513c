import { loadavg } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '../lib/model/reason.ts';
import { bench } from './bench.ts';
import { benchBeside } from './beside/index.ts';
import { benchChecks } from './checks/index.ts';
import { Guard } from './guard.ts';
import { benchKernel } from './kernel/index.ts';
import { lacks } from './needs.ts';
import { raiseOpenFiles } from './open-files.ts';
import { readOptions, USAGE, within } from './options.ts';
import { destination, save } from './report/destination.ts';
import { report } from './report/report.ts';
import { benchScale } from './scale/index.ts';

const RESULTS = fileURLToPath(new URL('../../bench/results/', import.meta.url));

/** Benches of their own, by the first word of the command line. */
const PARTS: Readonly<Record<string, typeof benchChecks>> = {
  beside: benchBeside,
  checks: benchChecks,
  kernel: benchKernel,
  scale: benchScale,
};

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const part = argv[0] && Object.hasOwn(PARTS, argv[0]) ? PARTS[argv[0]] : undefined;
  if (part) {
    await part(argv.slice(1), RESULTS, signal);
    return 0;
  }
  if (argv.includes('--help')) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const asked = readOptions(argv);
  const mend = lacks('nginx');
  if (mend) throw new Error(`there are no real servers without nginx: ${mend}`);
  const options = within(asked, raiseOpenFiles());
  const loadBefore = loadavg();
  await using guard = new Guard();
  const findings = await bench(options, guard.folder, signal, say);
  const where = destination(options, RESULTS);
  const charts = where ? basename(where.folder) : '';
  const written = report(options, findings, charts, loadBefore);
  process.stdout.write(written.text);
  if (where) {
    save(where, written);
    say(`written to ${where.file}`);
  }
  return findings.failures.length > 0 ? 1 : 0;
}

const abort = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(name, () => abort.abort(new Error(`ended by ${name}`)));
try {
  process.exitCode = await main(process.argv.slice(2), abort.signal);
} catch (thrown) {
  // What is aborted says so in its own words, and not why.
  const error = abort.signal.aborted ? abort.signal.reason : thrown;
  say(`bench: ${reasonOf(error)}`);
  process.exitCode = 1;
}
