import type { Test } from 'tap';
import type { ServiceOutcome, ServiceTable } from '../../lib/model/engine.ts';
import type { EngineName, VirtualService } from '../../lib/model/virtual-service.ts';
import { aConfig, aReal, aService, OPTIONS } from './config.ts';
import { aBench } from './director.ts';
import { recordingEngine } from './recording-engine.ts';
import { good } from './reports.ts';

export const A = '10.1.1.21:80';
export const web = aService({ reals: [aReal(A)], quiescent: true });

/** The service on that engine. */
export function by(engine: EngineName, service: VirtualService = web): VirtualService {
  return { ...service, options: { ...OPTIONS, engine } };
}

/** A director with two engines, one of them at work, and all their calls in one list.
 *  @param apply  what the engine that gets the service does with a table */
export async function at(
  t: Test,
  from: EngineName,
  to: EngineName,
  apply?: (table: ServiceTable) => ServiceOutcome[],
) {
  const calls: string[] = [];
  const engine = (name: EngineName) =>
    recordingEngine({
      journal: { name, calls },
      refuses: ({ scheduler }) => (scheduler === 'none' ? 'no such' : undefined),
      ...(name === to && apply ? { apply: async (table) => apply(table) } : {}),
    });
  const engines = { net: engine('net'), [from]: engine(from), [to]: engine(to) };
  const { net, ...others } = engines;
  const bench = aBench(t, net, others);
  await bench.director.apply(aConfig([by(from)]));
  bench.runner.report(A, good());
  await bench.settle();
  calls.length = 0;
  bench.log.take();
  const applied = () => calls.filter((call) => / apply/.test(call));
  return { ...bench, engines, applied };
}
