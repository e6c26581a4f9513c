import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Guard } from '../guard.ts';
import { smallRequests } from '../load/wrk.ts';
import { lacks } from '../needs.ts';
import { raiseOpenFiles } from '../open-files.ts';
import { saveText } from '../report/destination.ts';
import { rotated } from '../rotated.ts';
import { costOf } from '../rows/cost.ts';
import { Stage } from '../stage.ts';
import { l4director } from '../subjects/l4director.ts';
import type { Kind, Subject } from '../subjects/subject.ts';
import { bytesOf, callsOf } from './counted.ts';
import { BESIDE_USAGE, type BesideOptions, readBesideOptions } from './options.ts';
import { besideReport, type Cost } from './report.ts';
import { visits } from './visits.ts';

const HOOK = new URL('./heap-hook.js', import.meta.url);
const CONNECTIONS = 64;
/** As many for each that is counted: what is not compiled yet takes half as much again from the heap. */
const WARM_VISITS = 8;

/** `npm run bench -- beside FOLDER`: what a connection costs in this version and in another. The
 *  report goes to stdout and a file.
 *  @param results  folder for the file, unless another place is asked for
 *  @throws TypeError for options that it does not know */
export async function benchBeside(
  argv: readonly string[],
  results: string,
  signal: AbortSignal,
): Promise<void> {
  if (argv.includes('--help')) {
    process.stdout.write(`${BESIDE_USAGE}\n`);
    return;
  }
  const options = readBesideOptions(argv);
  const mend = lacks('nginx', 'wrk', 'strace');
  if (mend) throw new Error(`something is missing: ${mend}`);
  raiseOpenFiles();
  await using guard = new Guard();
  const loadBefore = loadavg();
  const counted = await counts(options, guard.folder);
  const { now, other } = await times(options, guard.folder, signal);
  const report = besideReport(
    options,
    loadBefore,
    { ...counted.now, ...now },
    { ...counted.other, ...other },
  );
  process.stdout.write(report);
  saveText(report, { ...options, results, what: 'beside' }, say);
}

type Counted = Pick<Cost, 'calls' | 'bytes'>;
type Timed = Pick<Cost, 'connection' | 'request'>;

interface Both<T> {
  readonly now: T;
  readonly other: T;
}

async function counts(options: BesideOptions, folder: string): Promise<Both<Counted>> {
  const heapOf = (name: string) => join(folder, `${name}.heap`);
  const hooked = (name: string, kind: Kind): Kind => ({
    ...kind,
    command: (setup) => [
      ...['env', `NODE_OPTIONS=--import=${fileURLToPath(HOOK)}`],
      ...[`BENCH_HEAP=${heapOf(name)}`, ...kind.command(setup)],
    ],
  });
  const { now, other } = kindsOf(options);
  const kinds = { now: hooked('now', now), other: hooked('other', other) };
  await using stage = await stageOf(options, join(folder, 'counts'), kinds);
  return await both(stage, async (subject) => {
    await visits(subject.place, WARM_VISITS * options.counted);
    const bytes = await bytesOf(subject, options.counted, heapOf(subject.name));
    const file = join(folder, `${subject.name}.strace`);
    const calls = await callsOf(subject, options.counted, file);
    say(`${subject.name}: ${bytes.toFixed(0)} bytes of heap a connection`);
    return { bytes, calls };
  });
}

async function times(
  options: BesideOptions,
  folder: string,
  signal: AbortSignal,
): Promise<Both<Timed>> {
  await using stage = await stageOf(options, join(folder, 'times'), kindsOf(options));
  const load = async ({ place }: Subject, seconds: number, kept: boolean) =>
    smallRequests(place, seconds, kept, signal);
  // What is compiled on the way is compiled then.
  await both(stage, (subject) => load(subject, options.seconds, false));
  const found = { now: timed(), other: timed() };
  for (let round = 0; round < options.rounds; round++)
    for (const name of rotated(['now', 'other'] as const, round)) {
      const subject = subjectOf(stage, name);
      for (const what of ['connection', 'request'] as const) {
        const cost = await costOf(subject, () =>
          load(subject, options.seconds, what === 'request'),
        );
        found[name][what].push(cost.cpu ?? Number.NaN);
        say(`${round + 1}: ${name}, a ${what}: ${cost.cpu?.toFixed(1)} us`);
      }
    }
  return found;
}

function timed(): { readonly connection: number[]; readonly request: number[] } {
  return { connection: [], request: [] };
}

function kindsOf({ other }: BesideOptions): Both<Kind> {
  return {
    now: l4director({ workers: 1 }),
    other: l4director({ workers: 1, program: other }),
  };
}

function stageOf(options: BesideOptions, folder: string, kinds: Both<Kind>) {
  const run = { folder, node: options.node, megabytes: 1 };
  const size = { reals: 2, services: 1, connections: CONNECTIONS };
  return Stage.start(run, { name: 'beside', ...size, kinds: { ...kinds } });
}

/** One after the other. */
async function both<T>(
  stage: Stage,
  of: (subject: Subject) => Promise<T>,
): Promise<Both<T>> {
  const now = await of(subjectOf(stage, 'now'));
  return { now, other: await of(subjectOf(stage, 'other')) };
}

function subjectOf({ subjects }: Stage, wanted: keyof Both<unknown>): Subject {
  const subject = subjects.find(({ name }) => name === wanted);
  if (!subject) throw new Error(`${wanted}: it was not started`);
  return subject;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
