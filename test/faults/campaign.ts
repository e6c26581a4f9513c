import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Form } from './form.ts';
import { type Clients, longest, lost, underLoad } from './load.ts';
import type { Figures, Further, Scenario } from './scenario.ts';
import { onStage, type Stage } from './stage.ts';
import type { Subject } from './subjects/subject.ts';

/** The bounds of a scenario that names no others. Memory: the young generations of three threads, which V8 lets
 *  grow to 32 MiB each. */
const USUAL: Figures = { lost: 0, pauseMs: 1000, memoryKiB: 96_000, descriptors: 8 };
/** Figures that are times. */
const TIME = /Ms$|\bms$/;
/** What was used by clients that have left is given back by then. */
const RETURNED_MS = 10_000;

/** What came of a scenario, or of the part of it that is over. */
export interface Result {
  readonly scenario: Scenario;
  readonly subject: Subject['name'];
  readonly visits: number;
  /** Clients that the fault itself cost. */
  readonly cost: number;
  readonly figures: Figures;
  readonly further: Further;
  /** `lost: 3, at most 0`: what was over its bound, and clients that were lost, some. */
  readonly broken: readonly string[];
}

/** Plays one scenario on a stage of its own.
 *  @throws when it cannot be played to its end */
export function play(
  scenario: Scenario,
  subject: Subject['name'],
  form: Form,
): Promise<Result> {
  const { rounds = [1, 1] } = scenario;
  return onStage({ subject, scenario, form }, async (stage) => {
    const before = await used(stage);
    const { played, clients } = await underLoad(stage, () =>
      scenario.play(stage, rounds[form.rounds]),
    );
    const after = await settled(stage, before);
    const { gone, cost } = lost(clients, played.costs ?? []);
    const figures: Figures = {
      lost: gone.length,
      pauseMs: Math.round(longest(clients)),
      memoryKiB: after.memoryKiB - before.memoryKiB,
      descriptors: after.descriptors - before.descriptors,
    };
    const further = { ...played.further, ...(await played.afterwards?.()) };
    const broken = [
      ...over(figures, boundsOf(scenario), form),
      ...over(further, scenario.further ?? {}, form),
      ...gone.slice(0, 5).map((client) => JSON.stringify(client)),
    ];
    return {
      scenario,
      subject,
      visits: visits(clients),
      cost,
      figures,
      further,
      broken,
    };
  });
}

/** The most that a figure of a scenario may be. */
export function boundsOf({ bounds = {} }: Scenario): Figures {
  return { ...USUAL, ...bounds };
}

function visits({ visits, stays }: Clients): number {
  return visits.length + stays.length;
}

/** What a figure may be, as thoroughly as it is played. */
export function mostOf(name: string, bound: number, { slack }: Form): number {
  return bound * (TIME.test(name) ? slack : 1);
}

function over(figures: object, bounds: object, form: Form): readonly string[] {
  const bound: Readonly<Record<string, number>> = { ...bounds };
  return Object.entries(figures).flatMap(([name, figure]) => {
    const most = mostOf(name, bound[name] ?? 0, form);
    return figure > most ? [`${name}: ${figure}, at most ${most}`] : [];
  });
}

type Used = Pick<Figures, 'memoryKiB' | 'descriptors'>;

async function used({ subject }: Stage): Promise<Used> {
  const pid = await subject.pid();
  const status = await readFile(`/proc/${pid}/status`, 'latin1');
  const memoryKiB = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  return { memoryKiB, descriptors: (await readdir(`/proc/${pid}/fd`)).length };
}

/** Once the descriptors are back at what they were, or will not be. */
async function settled(stage: Stage, before: Used): Promise<Used> {
  const deadline = performance.now() + RETURNED_MS;
  for (;;) {
    const now = await used(stage);
    if (now.descriptors <= before.descriptors || performance.now() > deadline)
      return now;
    await sleep(200);
  }
}
