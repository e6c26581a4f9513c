import { reasonOf } from '../../lib/model/reason.ts';
import type { Findings } from '../bench.ts';
import { rotated } from '../rotated.ts';
import { costOf } from '../rows/cost.ts';
import type { Sample } from '../samples.ts';
import { compared } from './compared.ts';
import type { KernelOptions } from './options.ts';
import { KERNEL_ROWS, type KernelRow, type KernelRowName } from './rows.ts';
import type { KernelStage, KernelSubject } from './stage.ts';

/** Measures every subject in every row, in interleaved rounds, after each has worked for a while.
 *  @param say  one line of what happens */
export async function measureKernel(
  stage: KernelStage,
  options: KernelOptions,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Findings> {
  const samples: Sample[] = [];
  const failures: string[] = [];
  await warmUp(stage, options, signal);
  for (let round = 0; round < options.rounds; round++) {
    say(`round ${round + 1} of ${options.rounds}`);
    const found: Sample[] = [];
    for (const name of options.only)
      for (const subject of rotated(stage.subjects, round)) {
        signal.throwIfAborted();
        const sample = await attempt(name, stage, subject, options, signal);
        say(`${`${name}, ${subject.name}`.padEnd(28)} ${told(sample)}`);
        if (typeof sample !== 'string') found.push(sample);
        else failures.push(`${name}, ${subject.name}: ${sample}`);
      }
    samples.push(...compared(found));
  }
  return { samples, failures };
}

/** What is compiled on the way is compiled before anything is measured. */
async function warmUp(
  stage: KernelStage,
  options: KernelOptions,
  signal: AbortSignal,
): Promise<void> {
  const work = { ...options, seconds: options.warmUpSeconds };
  for (const subject of stage.subjects)
    if (subject.child) await KERNEL_ROWS.connections.load(stage, subject, work, signal);
}

/** A sample, or why there is none. @throws when the run is to end */
async function attempt(
  row: KernelRowName,
  stage: KernelStage,
  subject: KernelSubject,
  options: KernelOptions,
  signal: AbortSignal,
): Promise<Sample | string> {
  const { load }: KernelRow = KERNEL_ROWS[row];
  try {
    const work = () => load(stage, subject, options, signal);
    const figures = await costOf(subject, work);
    return { row, point: '', subject: subject.name, figures };
  } catch (error) {
    signal.throwIfAborted();
    return reasonOf(error);
  }
}

function told(found: Sample | string): string {
  if (typeof found === 'string') return `failed: ${found}`;
  const { rate = 0, work = 0 } = found.figures;
  return `${rate.toFixed(0)}/s, ${work.toFixed(1)} us of CPU`;
}
