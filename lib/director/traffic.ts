import { joined } from '../model/listed.ts';
import type { Log } from '../model/log.ts';
import type { ConnectionFilter, Traffic } from '../model/traffic.ts';
import { answerOf } from './engine-answer.ts';

/** An engine bounds its own work; this is for one that does not. */
const PATIENCE_MS = 60_000;

/** An engine by its name, or `of pid N`: that of another director. */
export type TrafficSource = readonly [name: string, Traffic];

export interface JoinedTraffic extends Traffic {
  /** Those that are joined, as they are now: for who asks each by itself. */
  sources(): readonly TrafficSource[];
}

/** What goes through several engines, as if it were one. Where one of several cannot, the log says so,
 *  and the others' answers stand; it rejects where nobody else has an answer, or has done anything. A
 *  list of one service stands only whole: who takes its server away goes by it.
 *  @param engines  those at work: a service may have connections open through one that it has left */
export function joinTraffic(
  log: Pick<Log, 'warn'>,
  engines: () => readonly TrafficSource[],
): JoinedTraffic {
  const ask = askAll(log, engines);
  const isLoose = ({ service }: ConnectionFilter) => service === undefined;
  const isDone = (count: number) => count > 0;
  return {
    sources: engines,
    async connections(filter, most) {
      const stands = () => isLoose(filter);
      const lists = await ask((one) => one.connections(filter, most), stands);
      return joined(lists, most);
    },
    async persistence(filter, most) {
      const stands = () => isLoose(filter);
      const lists = await ask((one) => one.persistence(filter, most), stands);
      return joined(lists, most);
    },
    end: async (filter) => sum(await ask((one) => one.end(filter), isDone)),
    forget: async (filter) => sum(await ask((one) => one.forget(filter), isDone)),
  };
}

/** The question's `stands`: whether an answer does by itself, whatever others cannot. */
function askAll(log: Pick<Log, 'warn'>, engines: () => readonly TrafficSource[]) {
  return async <T>(
    question: (traffic: Traffic) => Promise<T>,
    stands: (answer: T) => boolean,
  ): Promise<readonly T[]> => {
    const failures: (readonly [string, string])[] = [];
    const ask = ([name, traffic]: TrafficSource) =>
      answerOf<readonly T[]>(
        async () => [await question(traffic)],
        PATIENCE_MS,
        (why) => {
          failures.push([name, why]);
          return [];
        },
      );
    const answers = (await Promise.all(engines().map(ask))).flat();
    if (failures.length > 0 && !answers.some(stands))
      throw new Error(failures.map(([, why]) => why).join('; '));
    for (const [name, why] of failures)
      log.warn(`What goes through the engine ${name} was left out: ${why}`);
    return answers;
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
