import type { Engine } from '../model/engine.ts';
import type { EngineName, VirtualService } from '../model/virtual-service.ts';
import { type Candidates, chooseEngine, type EngineChoice } from './choose-engine.ts';
import { answerOf } from './engine-answer.ts';

/** How long an engine may look at the machine. */
const PROBE_MS = 2000;

/** Asks engines whether they can work on this machine, all at once, where a service leaves it to
 *  `auto`.
 *  @param isProved  it carries something, so it can
 *  @returns         all engines */
export async function probeEngines(
  engines: ReadonlyMap<EngineName, Engine>,
  services: readonly VirtualService[],
  isProved: (name: EngineName) => boolean,
): Promise<Candidates> {
  const isOpen = services.some(({ options }) => options.engine === 'auto');
  const candidates = [...engines].map(async ([name, engine]) => {
    const problem = isOpen && !isProved(name) ? await problemOf(engine) : undefined;
    return [name, { engine, problem }] as const;
  });
  return new Map(await Promise.all(candidates));
}

/** What a director that started now would take for each service that leaves it to `auto`. */
export async function autoChoices(
  engines: ReadonlyMap<EngineName, Engine>,
  services: readonly VirtualService[],
): Promise<readonly (readonly [VirtualService, EngineChoice])[]> {
  const open = services.filter(({ options }) => options.engine === 'auto');
  const candidates = await probeEngines(engines, open, () => false);
  return open.map((service) => [service, chooseEngine(service, candidates)]);
}

function problemOf(engine: Engine): Promise<string | undefined> {
  return answerOf<string | undefined>(
    async () => engine.probe?.(),
    PROBE_MS,
    (why) => `it did not say whether it can work here: ${why}`,
  );
}
