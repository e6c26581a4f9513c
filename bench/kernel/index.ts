import { loadavg } from 'node:os';
import { basename } from 'node:path';
import { Guard } from '../guard.ts';
import { raiseOpenFiles } from '../open-files.ts';
import { destination, save } from '../report/destination.ts';
import { measureKernel } from './measure.ts';
import {
  KERNEL_USAGE,
  type KernelOptions,
  kernelObstacle,
  readKernelOptions,
} from './options.ts';
import { kernelReport } from './report.ts';
import { KernelStage } from './stage.ts';

/** `npm run bench -- kernel`: the nftables engine beside the net engine, HAProxy and nobody, on hosts in
 *  network namespaces of their own. The report goes to stdout and a file.
 *  @param results  folder for the file, unless another place is asked for
 *  @throws TypeError for options that it does not know, and Error when it cannot run here or when a
 *          measurement failed */
export async function benchKernel(
  argv: readonly string[],
  results: string,
  signal: AbortSignal,
): Promise<void> {
  if (argv.includes('--help')) {
    process.stdout.write(`${KERNEL_USAGE}\n`);
    return;
  }
  const options = readKernelOptions(argv);
  const obstacle = kernelObstacle(process.getuid?.());
  if (obstacle) throw new Error(obstacle);
  raiseOpenFiles();
  const failures = await reported(options, results, signal);
  if (failures > 0) throw new Error(`measurements that failed: ${failures}`);
}

/** @returns how many measurements failed */
async function reported(
  options: KernelOptions,
  results: string,
  signal: AbortSignal,
): Promise<number> {
  const loadBefore = loadavg();
  await using guard = new Guard();
  await using stage = await KernelStage.start(guard.folder, options, signal);
  const findings = await measureKernel(stage, options, signal, say);
  const where = destination(options, results, 'kernel');
  const charts = where ? basename(where.folder) : '';
  const report = kernelReport(options, findings, charts, loadBefore);
  process.stdout.write(report.text);
  if (where) {
    save(where, report);
    say(`written to ${where.file}`);
  }
  return findings.failures.length;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
