import type { Engine } from '../model/engine.ts';
import type { EngineName } from '../model/virtual-service.ts';
import { within } from '../model/within.ts';

/** How long an engine may look at the machine. */
const PROBE_MS = 2000;

/** Asks engines whether they can work on this machine, all at once.
 *  @param atWork  those that carry something are not asked: it shows
 *  @returns       why not, by engine; undefined: it can */
export async function probeEngines(
  engines: ReadonlyMap<EngineName, Engine>,
  atWork: (name: EngineName) => boolean,
): Promise<ReadonlyMap<EngineName, string | undefined>> {
  const asked = [...engines].map(
    async ([name, engine]) =>
      [name, atWork(name) ? undefined : await problemOf(engine)] as const,
  );
  return new Map(await Promise.all(asked));
}

async function problemOf(engine: Engine): Promise<string | undefined> {
  const late = () => `it did not say within ${PROBE_MS} ms whether it can work here`;
  try {
    return await within(PROBE_MS, engine.probe?.() ?? Promise.resolve(undefined), late);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
