import { joined } from '../model/listed.ts';
import type { Log } from '../model/log.ts';
import type { Traffic } from '../model/traffic.ts';
import type { EngineName } from '../model/virtual-service.ts';
import { answerOf } from './engine-answer.ts';

/** An engine bounds its own work; this is for one that does not. */
const PATIENCE_MS = 60_000;

type Source = readonly [EngineName, Traffic];

/** What goes through several engines, as if it were one. Where one of several cannot, the log says so,
 *  and the others' answers stand; it rejects where nobody else has an answer, or has done anything.
 *  @param engines  those that have something of the service, and of an undefined one all that have any:
 *                  a filter that names a service asks only the engine that carries it */
export function joinTraffic(
  log: Pick<Log, 'warn'>,
  engines: (service: string | undefined) => readonly Source[],
): Traffic {
  const lists = askAll(log, () => true);
  const numbers = askAll(log, (done: number) => done > 0);
  return {
    async connections(filter, most) {
      const asked = engines(filter.service);
      return joined(await lists(asked, (one) => one.connections(filter, most)), most);
    },
    async persistence(filter, most) {
      const asked = engines(filter.service);
      return joined(await lists(asked, (one) => one.persistence(filter, most)), most);
    },
    end: async (filter) =>
      sum(await numbers(engines(filter.service), (one) => one.end(filter))),
    forget: async (filter) =>
      sum(await numbers(engines(filter.service), (one) => one.forget(filter))),
  };
}

/** @param stands  whether an answer does by itself, whatever others cannot */
function askAll<A>(log: Pick<Log, 'warn'>, stands: (answer: A) => boolean) {
  return async <T extends A>(
    asked: readonly Source[],
    question: (traffic: Traffic) => Promise<T>,
  ): Promise<readonly T[]> => {
    const failures: (readonly [EngineName, string])[] = [];
    const ask = ([name, traffic]: Source) =>
      answerOf<readonly T[]>(
        async () => [await question(traffic)],
        PATIENCE_MS,
        (why) => {
          failures.push([name, why]);
          return [];
        },
      );
    const answers = (await Promise.all(asked.map(ask))).flat();
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
