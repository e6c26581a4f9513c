import type { Engine, ServiceStats } from '../model/engine.ts';
import type { Log } from '../model/log.ts';
import type { EngineName } from '../model/virtual-service.ts';
import { answerOf } from './engine-answer.ts';

/** How long the status waits for an engine's numbers. */
const STATS_MS = 2000;

/** What engines have counted, by service id; all are asked at once. One that fails or does not answer within
 *  2 s is left out, and the log says so.
 *  @param isCarrier  whose numbers of a service count: on its way from one engine to another both have some */
export async function numbersOf(
  engines: readonly (readonly [EngineName, Engine])[],
  isCarrier: (name: EngineName, id: string) => boolean,
  log: Pick<Log, 'warn'>,
): Promise<ReadonlyMap<string, ServiceStats>> {
  const numbers = new Map<string, ServiceStats>();
  const asked = engines.map(async ([name, engine]) => {
    const found = await answerOf(
      () => engine.stats(),
      STATS_MS,
      (why) => {
        log.warn(`No numbers from the engine ${name}: ${why}`);
        return [];
      },
    );
    for (const service of found)
      if (isCarrier(name, service.id)) numbers.set(service.id, service);
  });
  await Promise.all(asked);
  return numbers;
}
