import type { EngineChoice } from '../director/choose-engine.ts';
import { autoChoices } from '../director/engine-probes.ts';
import type { EngineOptions } from '../engines/factory.ts';
import { ENGINES } from '../engines/index.ts';
import type { Engine } from '../model/engine.ts';
import type { EngineName, VirtualService } from '../model/virtual-service.ts';

/** Every engine by its name. The caller closes them. */
export function createEngines(options: EngineOptions): ReadonlyMap<EngineName, Engine> {
  return new Map(
    Object.entries(ENGINES).map(([name, { create }]) => [
      name as EngineName,
      create(options),
    ]),
  );
}

/** What an operator should know of the engines that these services would have here and now: for each that
 *  leaves it to `auto` a line with what that takes, and a line where the way back from the real servers looks wrong. It
 *  only looks. */
export async function engineLines(
  services: readonly VirtualService[],
): Promise<readonly string[]> {
  const engines = createEngines({});
  try {
    const choices = new Map(await autoChoices(engines, services));
    return services.flatMap((service) => {
      const choice = choices.get(service);
      const name = choice?.engine ?? service.options.engine;
      const engine = name === 'auto' ? undefined : engines.get(name);
      const refusal = choice ? choice.refusal : engine?.refuses(service);
      const doubt =
        refusal === undefined ? engine?.returnForesight?.(service) : undefined;
      return [
        ...(choice ? [choiceLine(service, choice)] : []),
        ...(doubt === undefined ? [] : [`way back of ${service.id}: ${doubt}`]),
      ];
    });
  } finally {
    for (const engine of engines.values()) await engine.close({ clean: false });
  }
}

function choiceLine(
  { id }: VirtualService,
  { engine, reason, refusal }: EngineChoice,
): string {
  return refusal === undefined
    ? `engine of ${id}: ${engine} (${reason})`
    : `engine of ${id}: ${reason} (${refusal})`;
}
