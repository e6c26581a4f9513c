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

/** What `engine = auto` would take here and now, a line for each service that leaves it to that. It
 *  only looks. */
export async function engineLines(
  services: readonly VirtualService[],
): Promise<readonly string[]> {
  const engines = createEngines({});
  try {
    const choices = await autoChoices(engines, services);
    return choices.map(([{ id }, { engine, reason, refusal }]) =>
      refusal === undefined
        ? `engine of ${id}: ${engine} (${reason})`
        : `engine of ${id}: ${reason} (${refusal})`,
    );
  } finally {
    for (const engine of engines.values()) await engine.close({ clean: false });
  }
}
