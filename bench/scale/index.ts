import { loadavg } from 'node:os';
import { Guard } from '../guard.ts';
import { raiseOpenFiles } from '../open-files.ts';
import { Program } from '../program.ts';
import { saveText } from '../report/destination.ts';
import type { Bench, Case } from './daemon.ts';
import { readScaleOptions, SCALE_USAGE, type ScaleOptions } from './options.ts';
import type { Heard } from './protocol.ts';
import { measureReloads } from './reload.ts';
import { type Measured, scaleReport } from './report.ts';
import { measureStart, type Start } from './start.ts';

/** `npm run bench -- scale`: how long a start and a reload take with many services. The report
 *  goes to stdout and a file.
 *  @param results  folder for the file, unless another place is asked for
 *  @throws TypeError for options that it does not know */
export async function benchScale(
  argv: readonly string[],
  results: string,
  signal: AbortSignal,
): Promise<void> {
  if (argv.includes('--help')) {
    process.stdout.write(`${SCALE_USAGE}\n`);
    return;
  }
  const options = readScaleOptions(argv);
  raiseOpenFiles();
  await using guard = new Guard();
  const loadBefore = loadavg();
  await using echo = new Program<Heard>('scale/echo', []);
  const said = await echo.next(signal);
  if (said.kind !== 'port') throw new Error('the real servers named no port');
  const { node } = options;
  const bench = { node, folder: guard.folder, realPort: said.port, signal };
  const starts = await measureStarts(bench, options);
  const reloads = [];
  for (const workers of options.workers)
    reloads.push(await reloadsOf(bench, options, workers));
  const report = scaleReport(options, loadBefore, starts, reloads);
  process.stdout.write(report);
  saveText(report, { ...options, results, what: 'scale' }, say);
}

async function measureStarts(
  bench: Bench,
  { services, workers, rounds }: ScaleOptions,
): Promise<readonly Measured<Start>[]> {
  const cases: readonly Case[] = [
    { services: 1, checktype: 'on', workers: 1 },
    ...workers.flatMap((count) =>
      (['on', 'connect'] as const).map((checktype) => {
        return { services, checktype, workers: count };
      }),
    ),
  ];
  const measured = cases.map((is) => ({ is, samples: [] as Start[] }));
  for (let round = 0; round < rounds; round++)
    for (const { is, samples } of measured) {
      const start = await measureStart(bench, is);
      samples.push(start);
      say(`start, ${nameOf(is)}: ${start.ms.toFixed(0)} ms, ${start.cpuMs} of CPU`);
    }
  return measured;
}

async function reloadsOf(bench: Bench, options: ScaleOptions, workers: number) {
  const is: Case = { services: options.services, checktype: 'on', workers };
  const samples = await measureReloads(bench, is, options.rounds, (reload) =>
    say(
      `reload, ${nameOf(is)}: ${reload.ms.toFixed(0)} ms, longest trip ${reload.without.longest.toFixed(1)} without, ${reload.with.longest.toFixed(1)} with`,
    ),
  );
  return { is, samples };
}

function nameOf({ services, checktype, workers }: Case): string {
  return `${services} services, checktype=${checktype}, ${workers} workers`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
