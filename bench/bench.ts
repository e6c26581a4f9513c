import { reasonOf } from '../lib/model/reason.ts';
import type { Context } from './context.ts';
import { queries } from './load/queries.ts';
import { smallRequests } from './load/wrk.ts';
import { has } from './needs.ts';
import type { Options } from './options.ts';
import { rotated } from './rotated.ts';
import { ROWS, type RowName } from './rows/index.ts';
import { apart } from './rows/layouts.ts';
import type { Point, Row } from './rows/row.ts';
import type { Sample } from './samples.ts';
import { type Stage, Stages } from './stage.ts';
import type { Subject } from './subjects/subject.ts';

/** What a run found. */
export interface Findings {
  readonly samples: readonly Sample[];
  /** `pen, download: why` */
  readonly failures: readonly string[];
}

/** One measurement to make, in every round. */
interface Task {
  readonly name: RowName;
  readonly row: Row;
  readonly point: Point;
  readonly subject: Subject;
}

/** The half load is that of the director, measured for so long. */
const HALF_LOAD_SECONDS = 2;

/** Measures the rows that can be, every subject of each, in interleaved rounds.
 *  @param folder  for all that the programs write
 *  @param say     one line of what happens */
export async function bench(
  options: Options,
  folder: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Findings> {
  await using stages = new Stages({ ...options, folder }, (stage) =>
    warmUp(stage, options, signal),
  );
  const halfLoad = once(() => halfOf(stages, options, signal));
  const context = { options, signal, halfLoad };
  const tasks = await prepare(stages, options, signal, say);
  const samples: Sample[] = [];
  const failures: string[] = [];
  for (let round = 0; round < options.rounds; round++) {
    say(`round ${round + 1} of ${options.rounds}`);
    for (const task of tasks.flatMap((group) => rotated(group, round))) {
      signal.throwIfAborted();
      const found = await attempt(task, context);
      say(`${nameOf(task).padEnd(44)} ${told(task, found)}`);
      if (typeof found === 'string') failures.push(`${nameOf(task)}: ${found}`);
      else samples.push(found);
    }
  }
  return { samples, failures };
}

/** Starts all stages. @returns the measurements of a round: a group for each point of each row */
async function prepare(
  stages: Stages,
  options: Options,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<readonly (readonly Task[])[]> {
  const groups: Task[][] = [];
  for (const name of options.only) {
    const row: Row = ROWS[name];
    if (row.lacks()) continue;
    for (const point of row.points(options)) {
      signal.throwIfAborted();
      say(`${name} ${point.label}`.trim());
      const { subjects } = await stages.get(point.layout);
      groups.push(
        subjects
          .filter(({ child }) => child || row.direct)
          .map((subject) => ({ name, row, point, subject })),
      );
    }
  }
  return groups;
}

/** What is compiled on the way is compiled before anything is measured. */
async function warmUp(
  { subjects, datagrams }: Stage,
  { warmUpSeconds }: Options,
  signal: AbortSignal,
): Promise<void> {
  for (const { child, place } of datagrams || has('wrk') ? subjects : [])
    if (child && datagrams) await queries(place, warmUpSeconds, signal);
    else if (child) await smallRequests(place, warmUpSeconds, false, signal);
}

async function halfOf(stages: Stages, options: Options, signal: AbortSignal) {
  const [director] = (await stages.get(apart(options))).subjects;
  if (!director) throw new Error('no director');
  const done = await smallRequests(director.place, HALF_LOAD_SECONDS, true, signal);
  return Math.round(done / HALF_LOAD_SECONDS / 2);
}

/** A sample, or why there is none. @throws when the run is to end */
async function attempt(
  { name, row, point, subject }: Task,
  context: Context,
): Promise<Sample | string> {
  try {
    const figures = await row.measure(subject, point, context);
    return { row: name, point: point.label, subject: subject.name, figures };
  } catch (error) {
    context.signal.throwIfAborted();
    return reasonOf(error);
  }
}

function nameOf({ name, point, subject }: Task): string {
  return [name, point.label, subject.name].filter(Boolean).join(', ');
}

function told({ row }: Task, found: Sample | string): string {
  if (typeof found === 'string') return `failed: ${found}`;
  return Object.entries(row.measures)
    .flatMap(([key, { title, digits }]) => {
      const figure = found.figures[key];
      return figure === undefined ? [] : `${figure.toFixed(digits)} ${title}`;
    })
    .join(', ');
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
