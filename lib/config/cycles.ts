import { components } from '../model/components.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import type { Findings } from './findings.ts';
import { type LineOf, type Step, Steps, type Stop } from './steps.ts';

/** What is found in ldirectord.cf, and in l4director.ini. */
interface Files {
  readonly config: Findings;
  readonly ini: Findings;
}

/** Steps of a way that comes back to where it began; of a long one those at its ends. */
interface Cycle {
  readonly steps: readonly Step[];
  /** How many are left out, in the middle. */
  readonly more: number;
}

/** Told of each end of a cycle. */
const HALF = 4;

/** Refuses services that lead to each other without end, be it as real servers, fallbacks, spares or by names: one
 *  client would take all descriptors. Where a fallback or a spare leads on, or it depends on the engine that `auto`
 *  takes, it is a warning: a kernel schedules no packet twice, and the engine net leaves out what makes the cycle
 *  when it comes to that; two pools that are each other's fallback work in ldirectord too. One finding for all
 *  services that lead to each other, with a shortest way. A service that is its own real server is for the engine to
 *  say. Looks at each service and server once.
 *  @param lineOf  of the key `sni` in the section of the service with that id */
export function findCycles(
  services: readonly VirtualService[],
  lineOf: LineOf,
  files: Files,
): void {
  const ways = new Steps(services, lineOf);
  const sure = (stop: Stop) => ways.from(stop).filter(({ isSure }) => isSure);
  const refused = new Set<Stop>();
  for (const members of partsOf(ways.stops, sure)) {
    tell(shortest(members, sure), files, 'error');
    for (const member of members) refused.add(member);
  }
  const all = (stop: Stop) => ways.from(stop);
  for (const members of partsOf(ways.stops, all))
    if (!members.some((member) => refused.has(member)))
      tell(shortest(members, all), files, 'warn');
}

type StepsOf = (stop: Stop) => readonly Step[];

function partsOf(
  stops: readonly Stop[],
  stepsOf: StepsOf,
): readonly (readonly Stop[])[] {
  return components(stops, (stop) => stepsOf(stop).map(({ to }) => to));
}

/** A shortest way from the first of them back to it.
 *  @param members  stops of which each leads to each */
function shortest(members: readonly Stop[], stepsOf: StepsOf): Cycle {
  const inside = new Set(members);
  const first = members.reduce((one, other) =>
    other.service.line < one.service.line ? other : one,
  );
  /** By which step each was come to, the nearest first. */
  const came = new Map<Stop, Step>();
  const reached = new Set([first]);
  for (const stop of reached)
    for (const step of stepsOf(stop)) {
      if (step.to === first) return cycleOf(came, step);
      if (!inside.has(step.to) || reached.has(step.to)) continue;
      reached.add(step.to);
      came.set(step.to, step);
    }
  throw new RangeError('a component of a graph leads back to each of its nodes');
}

/** @param last  the step back to where it began */
function cycleOf(came: ReadonlyMap<Stop, Step>, last: Step): Cycle {
  const steps = [last];
  for (let step = came.get(last.from); step; step = came.get(step.from))
    steps.push(step);
  steps.reverse();
  const more = steps.length - 2 * HALF;
  if (more <= 0) return { steps, more: 0 };
  return { steps: [...steps.slice(0, HALF), ...steps.slice(-HALF)], more };
}

function tell({ steps, more }: Cycle, files: Files, how: 'error' | 'warn'): void {
  const [first] = steps;
  const at = steps.findLast(({ line }) => line !== undefined) ?? first;
  if (!first || !at) return;
  const words = steps.map(({ by }, index) => `${index === 0 ? 'its' : 'whose'} ${by}`);
  if (more > 0) words.splice(HALF, 0, `and so on over ${more} more`);
  const path = words.join(', ');
  const { id } = first.from.service;
  const message =
    how === 'error'
      ? `clients of ${id} would come back to it without end: ${path}: expected a server that is none of these services, as one client would take all descriptors`
      : `where the engine net carries these services, clients of ${id} would come back to it: ${path}: it dials the last of these servers only while that makes no cycle; expected a server that is none of these services`;
  files[at.file][how](at.line ?? at.from.service.line, message);
}
